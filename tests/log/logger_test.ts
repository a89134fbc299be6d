/** The log: `getLogger()` and `logToStderr()`. */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { getLogger, Logger, type LogLevel, type LogRecord } from "../../mod.ts";
import { mp, runToEnd, textOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { runProgram } from "../support/programs.ts";

/** The lines of the log; not those of stacks and warnings. */
function logLines(stderr: string): string[] {
  return stderr.split("\n").filter((line) => line.startsWith("["));
}

conform("getLogger() gives one logger, which tells nobody anything", async (note) => {
  const logger = getLogger();
  assertStrictEquals(getLogger(), logger);
  assertStrictEquals(mp.getLogger(), logger);
  assertEquals(logger instanceof Logger, true);
  assertEquals([logger.level, logger.isEnabledFor("critical")], [0, false]);
  const child = new mp.Process({ target: () => {}, stderr: "pipe" });
  await child.start();
  assertEquals([await textOf(child.stderr), await child.join()], ["", 0]);
  note(logger.level);
});

conform("a handler is called for each line of its level", (note) => {
  const logger = getLogger();
  const seen: LogRecord[] = [];
  const handler = (record: LogRecord) => void seen.push(record);
  logger.addHandler(handler);
  logger.info("not told: the level is that of a warning");
  logger.warning("one");
  logger.setLevel("debug");
  assertEquals(logger.level, 10);
  logger.debug("two");
  logger.log("subdebug", "not told");
  logger.log(25, "three");
  logger.log(33, "four");
  logger.error("five");
  logger.critical("six");
  logger.removeHandler(handler);
  logger.critical("not told");
  logger.setLevel("notset");
  assertEquals(seen.map((record) => record.levelName), [
    "WARNING",
    "DEBUG",
    "SUBWARNING",
    "Level 33",
    "ERROR",
    "CRITICAL",
  ]);
  note(seen);
});

conform("levels and handlers of the wrong type are refused", (note) => {
  const logger = getLogger();
  for (const level of ["loud", -1, 1.5, null, {}]) {
    note((assertThrows(() => logger.setLevel(level as LogLevel), TypeError) as Error).message);
    assertThrows(() => mp.logToStderr((level ?? NaN) as LogLevel), TypeError);
  }
  assertThrows(() => logger.addHandler("stderr" as unknown as () => void), TypeError);
  assertEquals(logger.level, 0);
});

conform("logToStderr() shows starts and ends of all children, as Python does", async (note) => {
  const { code, stderr } = await runProgram("log_lines.ts", "info", "return");
  const lines = logLines(stderr);
  assertEquals([code, lines], [0, [
    "[INFO/child] child process calling self.run()",
    "[INFO/child] from the child",
    "[INFO/grandchild] child process calling self.run()",
    "[INFO/grandchild] process shutting down",
    "[INFO/grandchild] process exiting with exitcode 0",
    "[INFO/renamed] process shutting down",
    "[INFO/renamed] process exiting with exitcode 0",
    "[WARNING/MainProcess] from the main program",
    "[INFO/MainProcess] process shutting down",
  ]]);
  note(lines);
});

conform("logToStderr() shows how a child ended", async (note) => {
  for (const ending of ["throw", "exit"]) {
    const lines = logLines((await runProgram("log_lines.ts", "info", ending)).stderr);
    const exitCode = ending === "throw" ? 1 : 3;
    assertEquals(lines[6], `[INFO/renamed] process exiting with exitcode ${exitCode}`);
    note(lines);
  }
});

conform("logToStderr() shows what its level lets through", async (note) => {
  const lines = logLines((await runProgram("log_lines.ts", "warning", "return")).stderr);
  assertEquals(lines, ["[WARNING/MainProcess] from the main program"]);
  const detailed = logLines((await runProgram("log_lines.ts", "debug", "return")).stderr);
  assertEquals(detailed[2], "[DEBUG/child] a detail");
  note([lines, detailed]);
});

conform("the log of a child goes to its own standard error stream", async (note) => {
  const logger = mp.logToStderr("info");
  const child = new mp.Process({ target: () => {}, name: "C", stderr: "pipe" });
  await child.start();
  const text = await textOf(child.stderr);
  assertEquals(await child.join(), 0);
  logger.setLevel("critical");
  const quiet = new mp.Process({ target: () => {}, stderr: "pipe" });
  await quiet.start();
  assertEquals([await textOf(quiet.stderr), await quiet.join()], ["", 0]);
  note(text);
  assertEquals(await runToEnd(new mp.Process()), 0);
});
