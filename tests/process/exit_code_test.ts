/**
 * How a process ends by itself, the exit code that its creator then sees, and what it prints about
 * its errors.
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { activeChildren, exit } from "../../mod.ts";
import * as targets from "../fixtures/process_targets.ts";
import { exitCodeOf, freshPath, mp, readValue, textOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { ownPid } from "../support/missing.ts";

conform("exitCode is what the child ended with", async (note) => {
  const child = new mp.Process({ target: targets.exitLater, args: [3] });
  assertEquals(child.exitCode, null);
  await child.start();
  assertEquals(await child.join(), 3);
  assertEquals([child.exitCode, child.isAlive()], [3, false]);
  note(child.exitCode);
});

conform("exit(code) ends a child with the lowest 8 bits of its code", async (note) => {
  const codes: (number | null)[] = [];
  for (const code of [0, 7, 255, 256, 300, -1]) codes.push(await exitCodeOf(exit, code));
  assertEquals(codes, [0, 7, 255, 0, 44, 255]);
  note(codes);
});

conform("process.exit(code) and process.exitCode end a child as exit() does", async (note) => {
  const codes = [
    await exitCodeOf(targets.processExit, 6),
    await exitCodeOf(targets.processExit, 258),
    await exitCodeOf(targets.processExit, -2),
    await exitCodeOf(targets.setExitCode, 5),
  ];
  assertEquals(codes, [6, 2, 254, 5]);
  note(codes);
});

conform("exit(text) writes the text to stderr and gives exit code 1", async (note) => {
  const child = new mp.Process({ target: targets.exitLater, args: ["no more"], stderr: "pipe" });
  await child.start();
  const text = await textOf(child.stderr);
  assertEquals([await child.join(), text], [1, "no more\n"]);
  note([child.exitCode, text]);
});

conform("exit(null) and exit(false) give exit code 0, exit(true) gives 1", async (note) => {
  const codes: (number | null)[] = [];
  for (const code of [null, false, true]) codes.push(await exitCodeOf(exit, code));
  assertEquals(codes, [0, 0, 1]);
  note(codes);
});

conform("exit() never returns", async (note) => {
  const path = freshPath();
  assertEquals(await exitCodeOf(targets.exitInTry, path), 4);
  assertEquals(readValue(path), undefined);
  note(readValue(path));
});

conform("exit() refuses what is no exit code", async (note) => {
  for (const code of [1.5, NaN, 2n, {}, []]) {
    const error = assertThrows(() => mp.exit(code as unknown as number), TypeError);
    note(error.message);
  }
});

conform(
  "an error that nobody catches gives exit code 1, and is printed with its stack",
  async (note) => {
    const cases: [string, () => void | Promise<void>, string][] = [
      ["thrown", targets.throwError, "RangeError: the target failed"],
      ["rejected", targets.rejectLater, "RangeError: the target rejected"],
      ["unhandled", targets.rejectUnhandled, "RangeError: nobody handles this"],
      ["timer", targets.throwInTimer, "RangeError: thrown in a timer"],
    ];
    for (const [name, target, message] of cases) {
      const child = new mp.Process({ target, name, stderr: "pipe" });
      await child.start();
      const text = await textOf(child.stderr);
      assertEquals(await child.join(), 1, name);
      assertStringIncludes(text, `Process ${name}:\n`);
      assertStringIncludes(text, message);
      assertStringIncludes(text, "at ");
      note([name, child.exitCode]);
    }
  },
);

conform("a thrown value that is no error is printed, too", async (note) => {
  const child = new mp.Process({ target: targets.throwText, name: "T", stderr: "pipe" });
  await child.start();
  const text = await textOf(child.stderr);
  assertEquals([await child.join(), text], [1, "Process T:\nUncaught just a text\n"]);
  note(text);
});

conform("abort() gives -6", async (note) => {
  note(await exitCodeOf(targets.abort));
}, { skip: ownPid });

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
