/** Whole programs: how they end, what becomes of their children then, and what they are told when they are written wrongly. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { freshPath, mp, readValue, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { underBothMethods, writeExamples } from "../support/examples.ts";
import { method } from "../support/method.ts";
import {
  isRunning,
  type ProgramEnd,
  runProgram,
  startCommand,
  startProgram,
} from "../support/programs.ts";

const sharedBefore = new Set(sharedNames());
const ownPid = mp.capabilities.ownPid ? false : "a thread is no process of its own (ownPid)";
const outlives = mp.capabilities.outlivesCreator
  ? false
  : "a thread ends with its process (outlivesCreator)";

/** Makes sure that a program ended well; gives what it wrote. */
function outputOf({ code, signal, stdout, stderr }: ProgramEnd): string {
  assertEquals([code, signal, stderr], [0, null, ""]);
  return stdout;
}

/** Waits until a daemon is gone whose pid a program wrote; a thread is gone with its program. */
async function untilGone(written: string): Promise<void> {
  const pid = Number.parseInt(written);
  if (!Number.isNaN(pid)) await until(() => !isRunning(pid));
}

/** The library's entries in the folder for shared memory. */
function sharedNames(): string[] {
  if (!existsSync("/dev/shm")) return [];
  return readdirSync("/dev/shm").filter((name) => name.startsWith("allcores-"));
}

// ---------------------------------------------------------------- the natural end

conform("a program that starts nothing ends by itself", async (note) => {
  const output = outputOf(await runProgram("quiet.ts"));
  assertEquals(output, "MainProcess true null 0 true\n");
  note(output);
});

conform("a program waits for its children at its end, and ends its daemons", async () => {
  const [worked, daemonRan, go] = [freshPath(), freshPath(), freshPath()];
  const program = startProgram("natural_end.ts", worked, daemonRan, go);
  await until(() => existsSync(daemonRan));
  assertEquals(existsSync(worked), false);
  writeFileSync(go, "");
  const output = outputOf(await program.ended);
  assertEquals(readValue(worked), "done");
  await untilGone(output);
});

conform("a program that waits for daemons does not end over it", async (note) => {
  const output = outputOf(await runProgram("join_daemon.ts"));
  assertEquals(output, "join 3\nsentinel true\ntimeout 3\nstdout 0\nscope true\nend\n");
  note(output);
});

conform("exit() ends the main program with its code, and its daemons", async (note) => {
  const ends: unknown[] = [];
  for (const code of ["3", "257", "-1", "no more"]) {
    const end = await runProgram("exit_in_main.ts", freshPath(), code);
    await untilGone(end.stdout);
    ends.push([end.code, end.stderr]);
  }
  assertEquals(ends, [[3, ""], [1, ""], [255, ""], [1, "no more\n"]]);
  note(ends);
});

conform("an error that nobody catches ends the main program, and its daemons", async (note) => {
  const end = await runProgram("uncaught.ts", freshPath());
  assertEquals(end.code, 1);
  assertStringIncludes(end.stderr, "RangeError: the main program failed");
  await untilGone(end.stdout);
  note(end.code);
});

conform("asking who one is settles no start method", async (note) => {
  const output = outputOf(await runProgram("late_settings.ts"));
  assertEquals(output, "MainProcess 0\ntrue\n");
  note(output);
});

conform("a program guards its main part by isMainProcess()", async (note) => {
  const output = outputOf(await runProgram("guarded.ts"));
  assertEquals(output, "child true false 1\nexit code 0\nsubclass true 1\nexit code 0\n");
  note(output);
});

// ---------------------------------------------------------------- a sudden end

for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
  conform(
    `${signal} to the main program ends its daemons; others live on as orphans`,
    async (note) => {
      const [daemonPath, orphanPath, gone, go] = [
        freshPath(),
        freshPath(),
        freshPath(),
        freshPath(),
      ];
      const program = startProgram("parent.ts", daemonPath, orphanPath, gone, go);
      await until(() => existsSync(daemonPath) && existsSync(orphanPath));
      await until(() => program.stdout() === "ready\n");
      const daemon = readValue(daemonPath) as number;
      const orphan = readValue(orphanPath) as { pid: number; alive: boolean; name: string };
      assertEquals([orphan.alive, orphan.name], [true, "MainProcess"]);
      process.kill(program.pid, signal);
      await until(() => !isRunning(program.pid) && !isRunning(daemon));
      await until(() => existsSync(gone));
      assertEquals(readValue(gone), { joined: false, alive: false });
      assertEquals(isRunning(orphan.pid), true);
      writeFileSync(go, "");
      await until(() => !isRunning(orphan.pid));
      const end = await program.ended;
      assertEquals([end.signal, end.stdout, end.stderr], [signal, "ready\n", ""]);
      note([end.signal, readValue(gone)]);
    },
    { skip: outlives },
  );
}

conform("SIGKILL to the main program ends its threads", async (note) => {
  const [daemonPath, orphanPath, gone, go] = [freshPath(), freshPath(), freshPath(), freshPath()];
  const program = startProgram("parent.ts", daemonPath, orphanPath, gone, go);
  await until(() => existsSync(daemonPath) && existsSync(orphanPath));
  process.kill(program.pid, "SIGKILL");
  const end = await program.ended;
  assertEquals([end.signal, isRunning(program.pid), existsSync(gone)], ["SIGKILL", false, false]);
  note(end.signal);
}, { skip: outlives === false && "a child process may outlive its creator" });

conform("SIGKILL to a child ends its daemon, and not its creator", async () => {
  const [child, grandchild] = [freshPath(), freshPath()];
  const program = startProgram("grandparent.ts", child, grandchild);
  await until(() => existsSync(child) && existsSync(grandchild));
  process.kill(readValue(child) as number, "SIGKILL");
  await until(() => !isRunning(readValue(grandchild) as number));
  const end = await program.ended;
  assertEquals([end.code, end.signal], [0, null]);
}, { skip: ownPid });

// ---------------------------------------------------------------- a missing guard

/** Runs a program that starts children wherever it is loaded; gives its end, and how often it was loaded. */
async function runUnguarded(file: string): Promise<{ end: ProgramEnd; loads: number }> {
  const log = freshPath();
  const end = await runProgram(file, log);
  return { end, loads: readFileSync(log, "utf8").trim().split("\n").length };
}

for (
  const [kind, file] of [
    ["top-level await", "unguarded_await.ts"],
    ["a main function", "unguarded_main.ts"],
    ["a promise that nobody awaits", "unguarded_module.ts"],
  ]
) {
  conform(`a missing main guard gives one clear error, and no fork bomb: ${kind}`, async (note) => {
    const { end, loads } = await runUnguarded(file);
    assertEquals(loads, 2, end.stderr);
    assertStringIncludes(end.stderr, "if (import.meta.main)");
    assertStringIncludes(end.stderr, "while this module is being imported");
    note(loads);
  });
}

// ---------------------------------------------------------------- output

for (const ending of ["return", "exit"]) {
  conform(
    `nothing of a child's output is lost in a pipe, at its end by ${ending}`,
    async (note) => {
      const { code, stdout, stderr } = await runProgram("output.ts", ending, "inherit");
      const lines = stdout.split("\n");
      assertEquals([code, lines[4_999].slice(-4), lines[5_000]], [0, "4999", "the end"]);
      assertEquals(lines.slice(5_001, 5_004), ["log one", "info", "debug"]);
      assertStringIncludes(stdout, "bytes ä\n");
      assertEquals(lines.at(-2), `exit code ${ending === "exit" ? 3 : 0}`);
      assert(stderr.startsWith("error\nwarn\nstderr.write\n"), stderr);
      note([code, lines.at(-2)]);
    },
  );

  conform(
    `stdout and stderr "null" make all output vanish, at an end by ${ending}`,
    async (note) => {
      const end = await runProgram("output.ts", ending, "null");
      assertEquals([end.code, end.stderr], [0, ""]);
      note(end.stdout);
      assertEquals(end.stdout, `exit code ${ending === "exit" ? 3 : 0}\n`);
    },
  );
}

conform("stderr alone is redirected, and what is left goes where it went", async (note) => {
  const { code, stdout, stderr } = await runProgram("output.ts", "exit", "inherit", "null");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.split("\n")[5_000], "the end");
  assertStringIncludes(stdout, "log one\ninfo\ndebug\nstdout.write\n");
  assertStringIncludes(stdout, "group\n  indented\n");
  note(code);
});

// ---------------------------------------------------------------- a thread that does not yield

conform("a program ends although a child that was terminated never yields", async (note) => {
  const { code, stdout, stderr } = await runProgram("endless.ts");
  assertEquals([code, stdout], [0, "exit code -15\n"]);
  const warned = stderr.includes("Endless does not yield");
  assertEquals(warned, !mp.capabilities.hardStop, stderr);
  if (warned) assertStringIncludes(stderr, '"process"');
  note([code, stdout]);
});

// ---------------------------------------------------------------- one executable

/** Compiles a program to one executable, and runs it. */
async function runCompiled(file: string): Promise<ProgramEnd> {
  const path = fileURLToPath(new URL(`../fixtures/programs/${file}`, import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "compiled-"));
  const executable = join(folder, "program");
  try {
    const compiler = [process.execPath, "build", "--compile", path, "--outfile", executable];
    const compiled = await startCommand(compiler).ended;
    assertEquals(compiled.code, 0, compiled.stderr);
    return await startCommand([executable]).ended;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Only Bun has what it needs in itself. */
const noCompiler = "bun" in process.versions
  ? ownPid
  : "a runtime whose compiler needs no download (only Bun's does not)";

conform(
  "freezeSupport() lets a program be its own child that is compiled to one executable",
  async (note) => {
    const output = outputOf(await runCompiled("compiled.ts"));
    assertEquals(
      output,
      'work 1 1\nexit code 4\ntext 2\nexit code 0\n[ 1, 4, 9 ]\n[ "1 false" ]\n',
    );
    note(output);
  },
  { skip: noCompiler },
);

conform(
  "a compiled program without freezeSupport() is told so, and starts nothing",
  async (note) => {
    const output = outputOf(await runCompiled("compiled_without.ts"));
    assertStringIncludes(output, "put `await freezeSupport()` first");
    assertStringIncludes(output, "NotSupportedError: A program that is compiled");
    note(output);
  },
  { skip: noCompiler },
);

// ---------------------------------------------------------------- the examples

// Inside the repository, so that Deno finds what the library imports.
const examples = new URL(`../../.cache/program-examples-${process.pid}/`, import.meta.url);
mkdirSync(examples, { recursive: true });
after(() => rmSync(examples, { recursive: true, force: true }));

for (const file of underBothMethods) {
  conform(`the examples of ${file} end by themselves`, async (note) => {
    const written = writeExamples(file, examples, method);
    for (const { name, path } of written) {
      const end = await runProgram(path);
      assertEquals([name, end.code, end.stderr], [name, 0, ""]);
    }
    note(written.length);
  });
}

conform("nothing is left in the folder for shared memory", async () => {
  // Other programs may come and go meanwhile, and have a name there for a moment.
  await until(() => sharedNames().every((name) => sharedBefore.has(name)));
}, { skip: existsSync("/dev/shm") ? false : "there is no /dev/shm" });

conform("the folder for temporary files holds nothing of the programs", () => {
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith("allcores-"));
  assertEquals(left, []);
});
