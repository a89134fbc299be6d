/**
 * What a process writes and reads: `stdout` and `stderr` that are piped, thrown away or inherited,
 * and `stdin`.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { activeChildren } from "../../mod.ts";
import * as targets from "../fixtures/process_targets.ts";
import { freshPath, mp, readValue, runToEnd, textOf, valueOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { ownPid } from "../support/missing.ts";

/** What the consoles of the runtimes write alike. */
const OUT = "log one\ninfo\ndebug\nstdout.write\nbytes ä\n";

const ERR = "error\nwarn\nstderr.write\n";

for (const [ending, exitCode] of [["return", 0], ["exit", 3], ["throw", 1]] as const) {
  conform(
    `stdout and stderr "pipe" give what the child writes before its end by ${ending}`,
    async (note) => {
      const child = new mp.Process({
        target: targets.writeOutput,
        args: [ending],
        stdout: "pipe",
        stderr: "pipe",
      });
      await child.start();
      const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
      assertEquals(await child.join(), exitCode);
      assert(out.startsWith(OUT), out);
      for (const part of ["│", "group\n  indented\n", "a: 1"]) assertStringIncludes(out, part);
      assert(err.startsWith(ERR), err);
      assertStringIncludes(err, "assertion");
      assertEquals(err.includes("after the output"), ending === "throw");
      note([child.exitCode, out.slice(0, OUT.length), err.slice(0, ERR.length)]);
    },
  );
}

conform("stdout and stderr are redirected each by itself", async (note) => {
  const out = new mp.Process({
    target: targets.writeOutput,
    args: ["exit"],
    stdout: "pipe",
    stderr: "null",
  });
  await out.start();
  assert((await textOf(out.stdout)).startsWith(OUT));
  assertEquals([await out.join(), out.stderr], [3, null]);
  const err = new mp.Process({
    target: targets.writeOutput,
    args: ["exit"],
    stdout: "null",
    stderr: "pipe",
  });
  await err.start();
  const text = await textOf(err.stderr);
  assert(text.startsWith(ERR), text);
  assertEquals([await err.join(), err.stdout], [3, null]);
  note(text.slice(0, ERR.length));
});

conform('stdout "pipe" carries more than its buffers hold, to the last line', async (note) => {
  for (const ending of ["return", "exit"] as const) {
    const child = new mp.Process({
      target: targets.writeMuch,
      args: [5_000, ending],
      stdout: "pipe",
    });
    await child.start();
    const lines = (await textOf(child.stdout)).split("\n");
    assertEquals(await child.join(), 0);
    assertEquals([lines.length, lines.at(-3)?.slice(-4), lines.at(-2)], [5_002, "4999", "the end"]);
    note([lines.length, lines.at(-2)]);
  }
});

conform('stdout "pipe" can be read after join()', async (note) => {
  const child = new mp.Process({ target: () => console.log("kept"), stdout: "pipe" });
  await child.start();
  assertEquals(await child.join(), 0);
  note(await textOf(child.stdout));
});

conform('stdout "pipe" that nobody reads delays no end', async (note) => {
  const child = new mp.Process({
    target: () => {
      for (let line = 0; line < 100; line++) console.log("x".repeat(9_999));
      for (let line = 0; line < 100; line++) console.error("y".repeat(9_999));
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  note(await runToEnd(child));
  note((await textOf(child.stdout)).length);
});

conform('stdout "pipe" may be given up by its reader', async (note) => {
  const child = await (async () => {
    const path = freshPath();
    const child = new mp.Process({ target: targets.tellAndWait, args: [path], stdout: "pipe" });
    await child.start();
    return child;
  })();
  await child.stdout!.cancel();
  child.terminate();
  note(await child.join());
});

conform('stdout "pipe" ends when the child is killed', async (note) => {
  const child = new mp.Process({
    target: async () => {
      console.log("before the end");
      await new Promise((resolve) => setTimeout(resolve, 1e6));
    },
    stdout: "pipe",
  });
  await child.start();
  const reader = child.stdout!.getReader();
  const first = await reader.read();
  child.kill();
  const last = await reader.read();
  assertEquals(last.done, true);
  await child.join();
  note([new TextDecoder().decode(first.value), last.done]);
});

conform('stdout "pipe" takes in what a grandchild inherits', async (note) => {
  const child = new mp.Process({ target: targets.nestedOutput, stdout: "pipe" });
  await child.start();
  const out = await textOf(child.stdout);
  assertEquals(await child.join(), 0);
  assertEquals(out, "before\nfrom the grandchild\nafter\n");
  note(out);
});

conform('stdout "null" makes the output vanish', async (note) => {
  const path = freshPath();
  // The streams of the child in between are what its child inherits.
  const child = new mp.Process({
    target: targets.writeOutput,
    args: ["return"],
    stdout: "null",
    stderr: "null",
  });
  await child.start();
  assertEquals([child.stdout, child.stderr], [null, null]);
  assertEquals(await child.join(), 0);
  assertEquals(readValue(path), undefined);
  note(child.exitCode);
});

conform("stdout and stderr are null unless they are pipes", async () => {
  const child = new mp.Process({ target: () => {}, stdout: "inherit" });
  assertEquals([child.stdout, child.stderr], [null, null]);
  await runToEnd(child);
  assertEquals([child.stdout, child.stderr], [null, null]);
});

conform("the standard input of a child is empty", async (note) => {
  note(await valueOf(targets.readInput));
}, { skip: ownPid && "a thread shares its process's standard input (ownPid)" });

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
