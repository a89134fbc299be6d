/**
 * The command line: what is understood, what is said where it is not, and how a report looks.
 */

import process from "node:process";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import type { Command, GivenOptions, Output } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { reportText } from "../../src/cli/report_text.ts";
import { run } from "../../src/cli/run.ts";
import type { DoctorReport } from "../../src/doctor/types.ts";
import { VERSION } from "../../src/doctor/version.ts";
import { runAllcores } from "../support/doctor_runs.ts";

const limit = { timeout: 30_000 };

/** Runs a command line in this process; gives its exit code, what it wrote, and the options that the command got. */
async function runHere(...args: string[]) {
  const written = { out: "", err: "" };
  const output: Output = {
    write: (text) => void (written.out += text),
    complain: (text) => void (written.err += text),
    hasColors: false,
  };
  let given: GivenOptions | null = null;
  const play: Command = {
    about: "plays a song",
    options: {
      loud: { about: "is heard far away" },
      song: { about: "one that is known", value: "NAME", choices: ["a", "b"], many: true },
      key: { about: "how high", value: "KEY" },
    },
    load: () =>
      Promise.resolve((options) => {
        given = options;
        return Promise.resolve(3);
      }),
  };
  const code = await run(args, output, { play });
  const options = given === null ? null : [...given as GivenOptions];
  return { code, options, first: written.err.split("\n")[0], ...written };
}

const USAGE = `Usage: allcores play [--loud] [--song NAME]… [--key KEY]

It plays a song.

Options:
  --loud       is heard far away
  --song NAME  one that is known (a, b)
  --key KEY    how high
  --help       tells this
`;

test("a command gets its options, and its exit code is the program's", async () => {
  const { code, options } = await runHere("play", "--song=a", "--loud", "--song", "b");
  assertEquals([code, options], [3, [["song", ["a", "b"]], ["loud", [""]]]]);
});

test("what is not understood is told with what there is, and the exit code is 2", async () => {
  const wrong: [args: string[], message: string][] = [
    [["play", "--soft"], "There is no option --soft"],
    [["play", "-l"], "There is no option -l"],
    [["play", "loud"], '"loud" is no option'],
    [["play", "--"], '"--" is no option'],
    [["play", "--loud", "--loud"], "--loud may be given once"],
    [["play", "--loud=1"], "--loud has no value"],
    [["play", "--song"], "--song needs a value: --song NAME"],
    [["play", "--song", "--loud"], "--song needs a value: --song NAME"],
    [["play", "--song", "c"], '--song must be one of a, b, got "c"'],
  ];
  for (const [args, message] of wrong) {
    const { code, out, err } = await runHere(...args);
    assertEquals([code, out, err], [2, "", `${message}\n\n${USAGE}`]);
  }
  for (const [name, what] of [["sing", "command"], ["toString", "command"], ["--loud", "option"]]) {
    const { code, first, err } = await runHere(name);
    assertEquals([code, first], [2, `There is no ${what} ${name}`]);
    assertEquals(err.includes("  play  plays a song"), true);
  }
  assertEquals((await runHere()).code, 2);
});

test("help and the version are told", async () => {
  assertEquals((await runHere("--version")).out, `${VERSION}\n`);
  assertEquals((await runHere("--help")).out.startsWith("Usage: allcores COMMAND\n"), true);
  const { code, out } = await runHere("play", "--help");
  assertEquals([code, out], [0, USAGE]);
});

test("the program ends with the code of its command line", limit, async () => {
  const wrong = await runAllcores(["doctor", "--jsno"]);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  for (const text of ["There is no option --jsno\n", "--json", "--runtime NAME"]) {
    assertEquals(wrong.stderr.includes(text), true, text);
  }
  const help = await runAllcores(["--help"]);
  assertEquals([help.code, help.stderr], [0, ""]);
  for (const name of Object.keys(COMMANDS)) assertEquals(help.stdout.includes(name), true, name);
});

test("the report is text where nothing else is asked for", { timeout: 60_000 }, async () => {
  const { code, stdout } = await runAllcores(["doctor"]);
  assertEquals([code, stdout.startsWith(`allcores ${VERSION} on `)], [0, true]);
  assertEquals(stdout.includes("\x1b"), false);
  assertEquals(/^ok {7}calls on thread {2,}first answer in /m.test(stdout), true);
});

const report: DoctorReport = {
  version: "1.2.3",
  runtime: "node",
  runtimeVersion: "24.0.0",
  platform: "linux",
  arch: "x64",
  works: false,
  checks: [
    { name: "cores", status: "ok", found: "2", advice: null },
    { name: "native code", status: "failed", found: "none", advice: "word ".repeat(30).trim() },
    { name: "method", status: "failed", found: "none", advice: "word ".repeat(30).trim() },
    { name: "/proc", status: "unknown", found: "who knows", advice: null },
  ],
};

test("a report's lines stand under each other, and what to do is said once", () => {
  const words = (count: number): string => Array(count).fill("word").join(" ");
  assertEquals(
    reportText(report, false),
    `allcores 1.2.3 on Node 24.0.0, linux x64

ok       cores        2
FAILED   native code  none
         do: ${words(17)}
             ${words(13)}
FAILED   method       none
         do: The same as for native code
unknown  /proc        who knows

1 ok, 2 failed, 1 unknown
`,
  );
});

test("on a terminal a report has signs in colours", () => {
  const lines = reportText(report, true).split("\n");
  assertEquals(lines[2], "\x1b[32m✓\x1b[0m  cores        2");
  assertEquals(lines[3], "\x1b[31m✗\x1b[0m  native code  none");
  assertEquals(lines[4].startsWith("   → word"), true);
  assertEquals(process.exitCode ?? 0, 0);
});
