/**
 * What must not compile. Each `@ts-expect-error` is needed: without an error below it the compiler says so. Nothing here is run: see
 * `equalities.ts`.
 *
 * @module
 */

import {
  Array as SharedArrayToo,
  Barrier,
  capture,
  Client,
  Condition,
  currentTask,
  Event,
  exit,
  fork,
  getContext,
  JoinableQueue,
  Listener,
  Lock,
  Manager,
  Pipe,
  Pool,
  type PoolProxy,
  Process,
  progress,
  Queue,
  RawArray,
  RawValue,
  ref,
  register,
  Semaphore,
  setExecutable,
  setStartMethod,
  ShareableList,
  SharedArray,
  SharedMemory,
  type SyncManager,
  Value,
  wait,
  waitpid,
} from "@allcores/multiprocessing";

declare const pool: Pool;
declare const proxy: PoolProxy;
declare const server: SyncManager;
declare function square(x: number): number;
declare function two(a: number, b: string): boolean;
declare function withNames(a: number, names: { plus: number }): number;
declare const process: Process;
const context = getContext("process");

// @ts-expect-error 64 bits are bigints
Value("int64", 3);
// @ts-expect-error 64 bits are bigints
Value("q", 3, { lock: false });
// @ts-expect-error no such type
Value("int128", 3n);
// @ts-expect-error a number, no text
Value("i", "3");
// @ts-expect-error a text
Value("u", 3);
// @ts-expect-error true or false
Value("bool", "yes");
// @ts-expect-error a bigint is stored
Value("int64", 3n).value = 3;
// @ts-expect-error there is no lock
Value("i", 3, { lock: false }).getLock();
// @ts-expect-error 64 bits are bigints
RawValue("uint64", 3);
// @ts-expect-error 64 bits are bigints
SharedArray("int64", [1, 2]);
// @ts-expect-error numbers
SharedArray("int32", ["1"]);
// @ts-expect-error a bigint
SharedArrayToo("L", new Set([1]));
// @ts-expect-error numbers
RawArray("d", [1n]);
// @ts-expect-error there is no lock
RawArray("d", 1).getLock();
// @ts-expect-error 64 bits are bigints
context.Value("int64", 3);
// @ts-expect-error numbers
context.SharedArray("int32", [1n]);
// @ts-expect-error 64 bits are bigints
server.Value("int64", 3);
// @ts-expect-error numbers
server.Array("d", ["a"]);
// @ts-expect-error no function can be kept
new ShareableList([() => {}]);
// @ts-expect-error a size in bytes
new SharedMemory({ create: true, size: "1" });

// @ts-expect-error the target needs arguments
new Process({ target: two });
// @ts-expect-error it needs two
new Process({ target: two, args: [1] });
// @ts-expect-error of these types
new Process({ target: two, args: ["a", 1] });
// @ts-expect-error it takes two
new Process({ target: two, args: [1, "a", 2] });
// @ts-expect-error it needs an argument besides
new Process({ target: withNames, kwargs: { plus: 1 } });
// @ts-expect-error it knows no such name
new Process({ target: withNames, args: [1], kwargs: { minus: 1 } });
// @ts-expect-error it takes a number
new Process({ target: withNames, args: [1], kwargs: { plus: "1" } });
// @ts-expect-error no such option
new Process({ target: () => {}, argv: [] });
// @ts-expect-error no function
new Process({ target: "work" });
// @ts-expect-error no such runtime
new Process({ runtime: "python" });
// @ts-expect-error texts
new Process({ env: { A: 1 } });
// @ts-expect-error no such mode
new Process({ stdout: "file" });
// @ts-expect-error the target needs an argument
new context.Process({ target: square });
// @ts-expect-error milliseconds
process.join(5);
// @ts-expect-error only read
process.pid = 5;
// @ts-expect-error it needs two
fork(two, 1);
// @ts-expect-error of these types
fork(square, "a");
// @ts-expect-error a number
waitpid("5");
// @ts-expect-error no list
wait(5);
// @ts-expect-error nothing to wait for
wait([5]);

// @ts-expect-error the initializer takes a number
new Pool({ initializer: square, initArgs: ["a"] });
// @ts-expect-error the initializer needs an argument
new Pool({ initializer: square });
// @ts-expect-error it takes one
new Pool({ initializer: square, initArgs: [1, 2] });
// @ts-expect-error a finalizer is given nothing
new Pool({ finalizer: square });
// @ts-expect-error no such option
new Pool({ workers: 2 });
// @ts-expect-error a number
new Pool("2");
// @ts-expect-error the initializer takes a number
new context.Pool({ initializer: square, initArgs: ["a"] });
// @ts-expect-error the initializer takes a number
server.start({ initializer: square, initArgs: ["a"] });
// @ts-expect-error the initializer needs an argument
server.start({ initializer: square });
// @ts-expect-error alone, an initializer is given nothing
server.start(square);
// @ts-expect-error the initializer takes a number
server.Pool({ initializer: square, initArgs: ["a"] });
// @ts-expect-error numbers
pool.map(square, ["a"]);
// @ts-expect-error an iterable
pool.map(square, 5);
// @ts-expect-error two iterables
pool.map(two, [1]);
// @ts-expect-error of these types
pool.map(two, ["a"], [1]);
// @ts-expect-error a number of items
pool.map(square, [1], { chunkSize: "1" });
// @ts-expect-error no such option
pool.map(square, [1], { chunks: 1 });
// @ts-expect-error of these types
pool.mapAsync(two, [1], [2]);
// @ts-expect-error numbers
pool.imap(square, ["a"]);
// @ts-expect-error numbers
pool.imapUnordered(square, ["a"]);
// @ts-expect-error tuples
pool.starmap(two, [1, "a"]);
// @ts-expect-error of these types
pool.starmap(two, [["a", 1]]);
// @ts-expect-error of these types
pool.apply(two, ["a", 1]);
// @ts-expect-error it takes one
pool.apply(square, [1, 2]);
// @ts-expect-error what it gives is a number
pool.applyAsync(square, [1], { callback: (text: string) => text });
// @ts-expect-error it takes a number
pool.apply(withNames, [1], { kwargs: { plus: "1" } });
// @ts-expect-error only read
pool.stats = pool.insights();
// @ts-expect-error numbers
proxy.map(square, ["a"]);
// @ts-expect-error a manager shows no progress
proxy.map(square, [1], { progress: true });
// @ts-expect-error nor of one call
proxy.apply(square, [1], { onProgress: () => {} });
// @ts-expect-error tqdm's word for it is `leave`
pool.map(square, [1], { progress: { leave: false } });
// @ts-expect-error numbers
currentTask().progress("1");
// @ts-expect-error nothing to go through
progress(5);
// @ts-expect-error it counts
progress([1], { total: "one" });
// @ts-expect-error it takes a number
pool.apply(ref<typeof square>("file:///a.ts", "square"), ["a"]);
// @ts-expect-error it takes a number
pool.map(capture({ a: 1 }, square), ["a"]);
// @ts-expect-error a function
capture({ a: 1 }, "square");
// @ts-expect-error a name
ref("file:///a.ts");
// @ts-expect-error functions and classes
register("file:///a.ts", { a: 1 });

// @ts-expect-error a text
new Queue<string>().put(5);
// @ts-expect-error no such option
new Queue({ maxsize: 5 });
// @ts-expect-error a text
new JoinableQueue<string>().putNoWait(5);
// @ts-expect-error a text
Pipe<string, number>()[0].send(5);
// @ts-expect-error a number
Pipe<string, number>()[1].send("a");
// @ts-expect-error bytes
Pipe()[0].sendBytes("a");
// @ts-expect-error no such option
Pipe({ simplex: true });
// @ts-expect-error bytes
new Listener({ authKey: "secret" });
// @ts-expect-error a port
Client({ host: "localhost" });
// @ts-expect-error milliseconds
new Lock().acquire({ timeout: "1" });
// @ts-expect-error a number
new Semaphore("1");
// @ts-expect-error a lock
new Condition(new Event());
// @ts-expect-error how many take part
new Barrier();
// @ts-expect-error no such start method
setStartMethod("spawn");
// @ts-expect-error no such start method
getContext("fork");
// @ts-expect-error a path
setExecutable(5);
// @ts-expect-error a code or a text
exit({});
// @ts-expect-error no such option
Manager({ port: 5 });
