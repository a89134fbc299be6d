/** `progress()`: a loop that tells how far it is, and shows it. */

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type Progress, progress, type ProgressIteratorOptions } from "../../mod.ts";
import { square } from "../fixtures/pool_tasks.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { commandOf, runProgram, startCommand } from "../support/programs.ts";
import { Screen } from "../support/screen.ts";
import { fileURLToPath } from "node:url";

/** Options that keep what is told last. */
function listening(options: ProgressIteratorOptions = {}) {
  const told: Progress[] = [];
  const all = {
    ...options,
    show: false,
    onProgress: (progress: Progress) => void told.push(progress),
  };
  const last = () => {
    const { done, total, failed, tasks } = told.at(-1)!;
    return { done, total, failed, tasks };
  };
  return { all, told, last };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A source that notes what is asked of it. */
async function* noting(
  log: string[],
  count = 3,
): AsyncGenerator<number, string, string | undefined> {
  try {
    for (let i = 0; i < count; i++) {
      try {
        const sent = yield i;
        if (sent !== undefined) log.push(`sent ${sent}`);
      } catch (error) {
        log.push(`thrown ${error}`);
      }
    }
    return "all";
  } finally {
    log.push("closed");
  }
}

conform(
  "progress() gives the items of any iterable, and knows how many there are",
  async (note) => {
    const sources: Record<string, () => Iterable<unknown> | AsyncIterable<unknown>> = {
      array: () => [1, 2, 3],
      set: () => new Set(["a", "b"]),
      map: () => new Map([[1, 2]]),
      bytes: () => new Uint8Array(4),
      text: () => "a🙂c",
      empty: () => [],
      generator: () => [1, 2, 3].values(),
      "async generator": () => noting([]),
      promises: () => [Promise.resolve(1), 2],
      stream: () => new Blob(["abc"]).stream().pipeThrough(new TextDecoderStream()),
    };
    for (const [name, open] of Object.entries(sources)) {
      const { all, told, last } = listening();
      const items = await collect(progress(open(), all));
      note([name, items, told[0]?.total, last()]);
    }
  },
);

conform("progress() follows a pool's stream", async (note) => {
  await using pool = new mp.Pool(1);
  const { all, last } = listening({ total: 5 });
  let sum = 0;
  for await (const x of progress(pool.imap(square, [1, 2, 3, 4, 5]), all)) sum += x;
  note([sum, last()]);
});

conform("an item is done when the next one is asked for", async (note) => {
  const counts: number[][] = [];
  const { all, told } = listening();
  const items = progress([5, 6], all);
  note(await items.next());
  counts.push(told.map(({ done }) => done));
  note([await items.next(), await items.next(), await items.next()]);
  counts.push([told.at(-1)!.done]);
  note(counts);
});

conform("a loop that is left closes its source, and tells where it was", async (note) => {
  for (const leave of ["break", "error"]) {
    const log: string[] = [];
    const { all, last } = listening({ total: 3 });
    const loop = async (): Promise<void> => {
      for await (const x of progress(noting(log), all)) {
        if (x < 1) continue;
        if (leave === "break") break;
        throw new Error("from the loop");
      }
    };
    note([leave, await failure(loop()), log, last()]);
  }
});

conform("an error of the source ends it", async (note) => {
  function* failing(): Generator<number> {
    yield 1;
    throw new RangeError("no more");
  }
  const { all, last } = listening();
  note([await failure(collect(progress(failing(), all))), last()]);
  let isClosed = false;
  function* rejecting(): Generator<Promise<number>> {
    try {
      yield Promise.resolve(1);
      yield Promise.reject(new RangeError("of the item"));
    } finally {
      isClosed = true;
    }
  }
  note([await failure(collect(progress(rejecting(), listening().all))), isClosed]);
});

conform("next(), return() and throw() reach the source", async (note) => {
  const log: string[] = [];
  const { all } = listening();
  const items = progress(noting(log), all) as AsyncGenerator<number, unknown, unknown>;
  note([await items.next(), await items.next("a"), await items.throw("b")]);
  note([await items.return("c"), await items.next(), log]);
  const plain = progress({
    [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: 1 }) }),
  }, all);
  note([await plain.return!("d"), await failure(plain.throw!(new Error("e")))]);
  const unread: string[] = [];
  const never = progress(noting(unread), all);
  note([await never.return!("f"), await never.next(), unread]);
});

conform("several items may be asked for at once", async (note) => {
  const { all, last } = listening();
  const items = progress(noting([], 3), all);
  note(await Promise.all([items.next(), items.next(), items.next(), items.next()]));
  note(last());
});

conform("a total that was too small is no error, and the end tells the true one", async (note) => {
  const { all, last } = listening({ total: 2 });
  const items = progress([1, 2, 3].values(), all);
  for (let i = 0; i < 3; i++) await items.next();
  await items.return!();
  note(last());
  const other = listening({ total: 100 });
  await collect(progress([1, 2, 3].values(), other.all));
  note(other.last());
});

conform("a wrong argument of progress() is refused at the call", (note) => {
  const wrong: [unknown, unknown?][] = [
    [5],
    [null],
    [{}],
    [() => {}],
    [[], { total: -1 }],
    [[], { total: "5" }],
    [[], { label: 5 }],
    [[], { keep: 1 }],
    [[], { show: 1 }],
    [[], { onProgress: 5 }],
    [[], { leave: true }],
    [[], null],
  ];
  for (const [iterable, options] of wrong) {
    const error = assertThrows(() => progress(iterable as [], options as never));
    note(`${(error as Error).name}: ${(error as Error).message}`);
  }
});

conform("an onProgress that throws ends no loop", async (note) => {
  const said: unknown[] = [];
  const { error } = console;
  console.error = (...args: unknown[]) => void said.push(args[0]);
  const onProgress = (): never => {
    throw new Error("the caller's problem");
  };
  try {
    note(await collect(progress([1, 2], { show: false, onProgress })));
  } finally {
    console.error = error;
  }
  note(said[0]);
});

// In a terminal, and where there is none

const program = fileURLToPath(new URL("../fixtures/programs/progress.ts", import.meta.url));

conform("without a terminal nothing is shown, unless it was asked for", async (note) => {
  const silent = await runProgram("progress.ts", "loop");
  assertEquals([silent.code, silent.stderr], [0, ""]);
  const dumb = await startCommand([...commandOf(program), "terminal"], { TERM: "dumb" }).ended;
  assertEquals([dumb.code, dumb.stderr], [0, "in the loop\nfrom a worker\n"]);
  const asked = await runProgram("progress.ts", "asked");
  assertEquals(asked.code, 0);
  assert(/^rows █{40} 100% \| 3\/3 \| [\d.]+\/s \| in \d+s\n$/.test(asked.stderr), asked.stderr);
  note([silent.stdout, dumb.stdout, asked.stdout]);
});

conform(
  "in a terminal loops and maps are shown, and what was written meanwhile stays",
  async (note) => {
    const { code, stderr, stdout } = await startCommand([...commandOf(program), "terminal"], {
      TERM: "xterm",
    }).ended;
    assertEquals(code, 0);
    const screen = new Screen(60);
    screen.write(stderr);
    assertEquals(screen.wraps, 0);
    assertStringIncludes(stderr, "\x1b[");
    const shapes = screen.lines.map((line) =>
      line.replace(/█+/, "#").replace(/ \| [\d.]+\/s.*/, "")
    );
    // What workers write comes when it comes.
    const own = shapes.filter((line) => line !== "from a worker");
    assertEquals(own, ["in the loop", "rows # 100% | 3/3", "squares # 100% | 4/4", "the end"]);
    assertEquals(shapes.length, 5);
    note([own, stdout]);
  },
);

conform(
  "a child shows no bar in the terminal that it has in common with its creator",
  async (note) => {
    const { code, stderr, stdout } = await startCommand([...commandOf(program), "child"], {
      TERM: "xterm",
    }).ended;
    assertEquals([code, stderr], [0, ""]);
    note(stdout);
  },
);
