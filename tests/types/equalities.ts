// deno-lint-ignore-file verbatim-module-syntax no-explicit-any -- a class is here only by its type
/**
 * What the compiler has to infer, written down as equalities of types. Nothing here is run: `npm run check:types` compiles it against
 * the built package with several versions of TypeScript, and `npm run check -- types` against the sources.
 *
 * @module
 */

import {
  activeChildren,
  type Address,
  Array as SharedArrayToo,
  type ArrayProxy,
  type AsyncResult,
  type AsyncResultProxy,
  BaseManager,
  BaseProxy,
  capture,
  type Captured,
  Client,
  Condition,
  Connection,
  cpuCount,
  type CurrentTask,
  currentTask,
  type DictProxy,
  Event,
  exit,
  fork,
  getAllStartMethods,
  getContext,
  type ItemOf,
  JoinableQueue,
  Listener,
  type ListProxy,
  Lock,
  Manager,
  MultiprocessingError,
  type NamespaceProxy,
  Pipe,
  Pool,
  type PoolInsights,
  type PoolIterator,
  type PoolIteratorProxy,
  type PoolProxy,
  type PoolStats,
  Process,
  type ProcessOptions,
  type Progress,
  progress,
  Queue,
  type QueueProxy,
  RawArray,
  type RawSharedArray,
  RawSharedValue,
  RawValue,
  type Ref,
  ref,
  RemoteError,
  type Sentinel,
  type ShareableItem,
  ShareableList,
  SharedArray,
  SharedMemory,
  SharedValue,
  SimpleQueue,
  type StartMethod,
  type SyncManager,
  type TaskProgress,
  Value,
  type ValueProxy,
  wait,
  waitpid,
  type WaitResult,
  WorkerLostError,
} from "@allcores/multiprocessing";

/** `true` where two types are one, `false` where they are not. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2)
  ? true
  : false;

/** Has the compiler say that two types are one. */
export declare function equal<A, B>(answer: Equal<A, B>): void;

// An equality can fail.
equal<Equal<1, number>, false>(true);
equal<Equal<any, number>, false>(true);
equal<Equal<{ a?: 1 }, { a: 1 | undefined }>, false>(true);

declare function two(a: number, b: string): Promise<boolean>;
declare function withNames(a: number, names: { plus: number }): number;

declare const pool: Pool;

// One item.
const squares = pool.map((x) => x * x, [1, 2]);
equal<typeof squares, Promise<number[]>>(true);
const letters = pool.map((c) => c.length, "abc");
equal<typeof letters, Promise<number[]>>(true);
const ofSet = pool.map((x) => [x], new Set(["a"]));
equal<typeof ofSet, Promise<string[][]>>(true);
const awaited = pool.map(async (x) => `${x}`, [1]);
equal<typeof awaited, Promise<string[]>>(true);
declare const slow: AsyncIterable<Date>;
const ofSlow = pool.map((date) => date.getTime(), slow);
equal<typeof ofSlow, Promise<number[]>>(true);
const withOptions = pool.map((x) => x > 1, [1], { chunkSize: 1, onProgress: () => {} });
equal<typeof withOptions, Promise<boolean[]>>(true);

// Several iterables, whose parameters nobody annotates.
const repeated = pool.map((x, s) => s.repeat(x), [1], ["a"]);
equal<typeof repeated, Promise<string[]>>(true);
const three = pool.map((x, s, on) => ({ x, s, on }), [1], ["a"], new Set([true]));
equal<typeof three, Promise<{ x: number; s: string; on: boolean }[]>>(true);
const chunked = pool.map((x, s) => s.repeat(x), [1], ["a"], { chunkSize: 2 });
equal<typeof chunked, Promise<string[]>>(true);
const annotated = pool.map(two, [1], ["a"]);
equal<typeof annotated, Promise<boolean[]>>(true);
const later = pool.mapAsync((x, s) => s.repeat(x), [1], ["a"]);
equal<typeof later, AsyncResult<string[]>>(true);
const stream = pool.imap((x, s) => s.repeat(x), [1], slowly(["a"]));
equal<typeof stream, PoolIterator<string>>(true);
const unordered = pool.imapUnordered((x, s) => s.repeat(x), [1], ["a"]);
equal<typeof unordered, PoolIterator<string>>(true);
declare function slowly<T>(items: T[]): AsyncGenerator<T>;

// Progress.
const loop = progress([1, 2], { label: "numbers", total: 2, keep: false, show: true });
equal<typeof loop, AsyncIterableIterator<number>>(true);
const ofPromises = progress([Promise.resolve("a")]);
equal<typeof ofPromises, AsyncIterableIterator<string>>(true);
const ofDates = progress(slow);
equal<typeof ofDates, AsyncIterableIterator<Date>>(true);
const ofEntries = progress(new Map([["a", 1]]), { onProgress: ({ tasks }) => void tasks });
equal<typeof ofEntries, AsyncIterableIterator<[string, number]>>(true);
declare const told: Progress;
equal<typeof told.tasks, readonly TaskProgress[]>(true);
equal<TaskProgress["total"], number | null>(true);
const single = pool.apply(two, [1, "a"], { progress: { keep: false }, onProgress: () => {} });
equal<typeof single, Promise<boolean>>(true);

// The other calls of a pool.
const applied = pool.apply(two, [1, "a"]);
equal<typeof applied, Promise<boolean>>(true);
const inline = pool.apply((x, y) => x + y.length, [1, "a"]);
equal<typeof inline, Promise<number>>(true);
const named = pool.apply(withNames, [1], { kwargs: { plus: 2 } });
equal<typeof named, Promise<number>>(true);
const background = pool.applyAsync(two, [1, "a"], {
  callback: (is) => equal<typeof is, boolean>(true),
});
equal<typeof background, AsyncResult<boolean>>(true);
const got = background.get({ timeout: 1 });
equal<typeof got, Promise<boolean>>(true);
const rows = pool.starmap(two, [[1, "a"]]);
equal<typeof rows, Promise<boolean[]>>(true);
const rowsLater = pool.starmapAsync(two, new Map([[1, "a"]]));
equal<typeof rowsLater, AsyncResult<boolean[]>>(true);
const next = stream.next({ timeout: 5 });
equal<typeof next, Promise<IteratorResult<string, undefined>>>(true);
equal<typeof pool.stats, PoolStats>(true);
const insights = pool.insights();
equal<typeof insights, PoolInsights>(true);
const ended = pool.terminate();
equal<typeof ended, Promise<void>>(true);
const task = currentTask();
equal<typeof task.progress, (this: void, done: number, total?: number | null) => void>(true);
equal<typeof task, CurrentTask>(true);
equal<CurrentTask["signal"], AbortSignal>(true);

// What a function is called by.
const reference = ref<typeof two>("file:///a.ts", "two");
equal<typeof reference, Ref<typeof two>>(true);
const referred = pool.apply(reference, [1, "a"]);
equal<typeof referred, Promise<boolean>>(true);
const referredMap = pool.map(reference, [1], ["a"]);
equal<typeof referredMap, Promise<boolean[]>>(true);
const factor = 3;
const captured = capture({ factor }, (x: number) => x * factor);
equal<typeof captured, Captured<(x: number) => number>>(true);
const capturedMap = pool.map(captured, [1]);
equal<typeof capturedMap, Promise<number[]>>(true);

// Pools and processes take what their functions need.
const initialized = new Pool({ initializer: two, initArgs: [1, "a"] });
equal<typeof initialized, Pool<[a: number, b: string]>>(true);
const child = new Process({ target: two, args: [1, "a"] });
equal<typeof child, Process<[a: number, b: string]>>(true);
const inlineChild = new Process({ target: (x, y) => void y.repeat(x), args: [1, "a"] });
equal<typeof inlineChild, Process<[x: number, y: string]>>(true);
const inlinePool = new Pool({ initializer: (x) => void x.length, initArgs: ["a"] });
equal<typeof inlinePool, Pool<[x: string]>>(true);
const joined = child.join({ timeout: 10 });
equal<typeof joined, Promise<number | null>>(true);
equal<typeof child.pid, number | null>(true);
equal<typeof child.ident, string | null>(true);
equal<typeof child.sentinel, Sentinel>(true);
equal<typeof child.stdout, ReadableStream<Uint8Array> | null>(true);
equal<ReturnType<typeof activeChildren>, Process[]>(true);
const forked = fork(two, 1, "a");
equal<typeof forked, Promise<number>>(true);
const waited = waitpid(1, { timeout: 1 });
equal<typeof waited, Promise<WaitResult>>(true);
equal<NonNullable<ProcessOptions<[x: number]>["args"]>, [x: number]>(true);

// Queues and connections.
const queue = new Queue<{ id: number }>({ maxSize: 3 });
const item = queue.get({ timeout: 5 });
equal<typeof item, Promise<{ id: number }>>(true);
equal<Queue extends Queue<infer T> ? T : never, unknown>(true);
const simple = new SimpleQueue<string>().get();
equal<typeof simple, Promise<string>>(true);
const tasks = new JoinableQueue<Date>();
const doneTasks = tasks.join({ timeout: 1 });
equal<Awaited<ReturnType<typeof tasks.get>>, Date>(true);
equal<typeof doneTasks, Promise<void>>(true);
const [asks, answers] = Pipe<string, number>();
equal<typeof asks, Connection<string, number>>(true);
equal<typeof answers, Connection<number, string>>(true);
const answer = asks.recv();
equal<typeof answer, Promise<number>>(true);
const polled = answers.poll({ timeout: 1 });
equal<typeof polled, Promise<boolean>>(true);
const bytes = asks.recvBytes();
equal<typeof bytes, Promise<ReturnType<typeof Uint8Array.of>>>(true);
const ready = wait([asks, child.sentinel, queue]);
equal<typeof ready, Promise<(typeof asks | Sentinel | typeof queue)[]>>(true);
const accepted = new Listener().accept();
equal<typeof accepted, Promise<Connection>>(true);
equal<Listener["address"], Promise<Address>>(true);
const client = Client({ host: "localhost", port: 1 });
equal<typeof client, Promise<Connection>>(true);

// Locks.
const lock = new Lock();
const acquired = lock.acquire({ timeout: 1 });
equal<typeof acquired, Promise<boolean>>(true);
const held = lock.hold();
equal<typeof held, Promise<Disposable>>(true);
const guarded = lock.withLock(async () => 5);
equal<typeof guarded, Promise<number>>(true);
const found = new Condition(lock).waitFor(() => "found");
equal<typeof found, Promise<string>>(true);
equal<ReturnType<Event["isSet"]>, boolean>(true);

// Shared memory.
equal<ItemOf<"int64">, bigint>(true);
const counter = Value("i", 1);
equal<typeof counter, SharedValue<number>>(true);
const large = Value("int64", 3n);
equal<typeof large.value, bigint>(true);
const flag = Value("bool", true);
equal<typeof flag.value, boolean>(true);
const unlocked = Value("d", 0.5, { lock: false });
equal<typeof unlocked, RawSharedValue<number>>(true);
const raw = RawValue("u", "ä");
equal<typeof raw.value, string>(true);
const numbers = SharedArray("int32", [1, 2]);
equal<typeof numbers, SharedArray<"int32">>(true);
const element = numbers[0];
equal<typeof element, number>(true);
const larges = SharedArrayToo("q", [1n]);
equal<typeof larges, SharedArray<"q">>(true);
const text = RawArray("c", 5);
equal<typeof text, RawSharedArray<"c">>(true);
equal<typeof text.value, Uint8Array>(true);
const shareable = new ShareableList(["a", 1, null]).at(0);
equal<typeof shareable, ShareableItem>(true);
equal<SharedMemory["size"], number>(true);

// Managers.
const manager = Manager();
equal<Awaited<typeof manager>, SyncManager>(true);
declare const server: SyncManager;
const serving = server.start({ initializer: (x) => void x.length, initArgs: ["a"] });
equal<typeof serving, Promise<void>>(true);
equal<ReturnType<typeof server.start>, Promise<void>>(true);
const dict = server.dict({ a: 1 });
equal<typeof dict, Promise<DictProxy<string, number>>>(true);
const byDate = server.dict(new Map([[new Date(), "a"]]));
equal<typeof byDate, Promise<DictProxy<Date, string>>>(true);
const list = server.list([1, 2]);
equal<typeof list, Promise<ListProxy<number>>>(true);
const namespace = server.Namespace({ a: 1, b: "x" });
equal<typeof namespace, Promise<NamespaceProxy<{ a: number; b: string }>>>(true);
const proxiedQueue = server.Queue<string>();
equal<typeof proxiedQueue, Promise<QueueProxy<string>>>(true);
const proxiedValue = server.Value("q", 1n);
equal<typeof proxiedValue, Promise<ValueProxy<bigint>>>(true);
const proxiedArray = server.Array("d", [0.5]);
equal<typeof proxiedArray, Promise<ArrayProxy<number>>>(true);
declare const proxy: PoolProxy;
const proxiedMap = proxy.map((x, s) => s.repeat(x), [1], ["a"]);
equal<typeof proxiedMap, Promise<string[]>>(true);
const proxiedLater = proxy.applyAsync(two, [1, "a"]);
equal<typeof proxiedLater, Promise<AsyncResultProxy<boolean>>>(true);
const proxiedStream = proxy.imap((x) => x + 1, [1]);
equal<typeof proxiedStream, Promise<PoolIteratorProxy<number>>>(true);
class Maths {
  add(a: number, b: number): number {
    return a + b;
  }
}
const MathsManager = BaseManager.register("Maths", Maths);
const maths = new MathsManager().Maths();
equal<Awaited<typeof maths> extends BaseProxy ? true : false, true>(true);
equal<Awaited<ReturnType<Awaited<typeof maths>["add"]>>, number>(true);

// Contexts and errors.
const threads = getContext("thread");
equal<typeof threads.Pool, typeof Pool>(true);
const fromContext = threads.Value("i", 1, { lock: false });
equal<typeof fromContext, RawSharedValue<number>>(true);
const arrayOfContext = threads.Array("i", 1);
equal<typeof arrayOfContext, SharedArray<"i">>(true);
equal<ReturnType<typeof getAllStartMethods>, StartMethod[]>(true);
equal<ReturnType<typeof cpuCount>, number>(true);
equal<ReturnType<typeof exit>, never>(true);
equal<WorkerLostError extends MultiprocessingError ? true : false, true>(true);
equal<WorkerLostError["exitCode"], number | null>(true);
equal<RemoteError extends Error ? true : false, true>(true);
