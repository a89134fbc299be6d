/**
 * The user's modules that test runners and loaders are tried with: a file of tests, which is itself a module with functions
 * and classes, and two modules that it imports. As TypeScript they have some types, too.
 *
 * Each module writes a line to a file when it is evaluated, and each check one when it has passed: a tool that evaluates
 * modules itself must not be made to do so twice, and may keep to itself what programs print.
 */

import { existsSync, readFileSync, rmSync } from "node:fs";
import type { Outcome, Project } from "./way.ts";

/** What the tool demands of the modules. */
export interface SuiteOptions {
  /** The name of the file of tests. */
  file: string;
  /** The extension of the other modules. */
  extension: "js" | "ts";
  /** The line that imports `test`; without it, the checks run where they stand. */
  importTest?: string;
  /** Whether the error class has to be registered, since nobody can look into modules that the tool has evaluated. */
  registersErrors?: boolean;
}

/** The names of the checks, each of which is made with both start methods. */
const CHECKS = [
  "inline",
  "imported",
  "registered",
  "instance",
  "ref",
  "error",
  "process",
  "exported",
  "own instance",
  "again",
];

const LOG = "log.txt";

/** Gives the files of the project. */
export function suite(options: SuiteOptions): Record<string, string> {
  const { file, extension, importTest = ALONE, registersErrors = false } = options;
  const finish = (text: string): string => {
    const typed = extension === "ts" ? text : text.replace(/: (number|string)\b/g, "");
    return typed.replaceAll("EXTENSION", extension);
  };
  return {
    [`note.${extension}`]: finish(NOTE),
    [`work.${extension}`]: finish(registersErrors ? WORK + REGISTERED : WORK),
    [`shapes.${extension}`]: finish(SHAPES),
    [file]: finish(`${importTest}\n${TESTS}`),
  };
}

/** Runs a command that runs the file of tests, and sees what was written. */
export async function runSuite(
  project: Project,
  command: string[],
): Promise<Outcome> {
  const log = project.path(LOG);
  rmSync(log, { force: true });
  const result = await project.run(command, { env: { WAYS_LOG: log } });
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  const wanted = CHECKS.flatMap((name) =>
    ["process", "thread"].map((method) => `ok ${method} ${name}`)
  );
  const missing = wanted.filter((line) => !lines.includes(line));
  const evaluated = lines.filter((line) => line.startsWith("evaluated "));
  const twice = evaluated.filter((line, index) => evaluated.indexOf(line) !== index);
  const problems = [
    ...missing.map((line) => `missing: ${line}`),
    ...twice.map((line) => `twice: ${line}`),
  ];
  return {
    works: result.code === 0 && problems.length === 0 && evaluated.length === 3,
    note: `${wanted.length - missing.length} of ${wanted.length}`,
    output: [result.output, ...problems, `exit code ${result.code}`].join("\n"),
  };
}

const ALONE = `const test = async (name: string, run) => {
  await run();
};`;

const NOTE = `import { appendFileSync } from "node:fs";
import { isMainProcess } from "@allcores/multiprocessing";
export function note(line: string) {
  appendFileSync(process.env.WAYS_LOG, line + "\\n");
}
export function evaluated(name: string) {
  if (isMainProcess()) note("evaluated " + name);
}
`;

const WORK = `import { createHash } from "node:crypto";
import { evaluated } from "./note.EXTENSION";
evaluated("work");
export class FarError extends RangeError {
  distance = 7;
}
export function digest(text: string) {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
export function scale(x: number) {
  return x * factor;
}
const factor = 3;
export function fail() {
  throw new FarError("too far");
}
`;

const SHAPES = `import { register } from "@allcores/multiprocessing";
import { evaluated } from "./note.EXTENSION";
evaluated("shapes");
class Point {
  x = 0;
  norm() {
    return Math.abs(this.x);
  }
}
const one = 1;
function move(point) {
  return makePoint(point.norm() + one);
}
export function makePoint(x: number) {
  return Object.assign(new Point(), { x });
}
export { move as shift };
register(import.meta.url, { Point, move });
`;

const TESTS = `import assert from "node:assert/strict";
import { getContext, isMainProcess, ref, register } from "@allcores/multiprocessing";
import { evaluated, note } from "./note.EXTENSION";
import { digest, fail, FarError } from "./work.EXTENSION";
import { makePoint, shift } from "./shapes.EXTENSION";
evaluated("tests");

class Line {
  ends = [0, 1];
}
function hidden(line) {
  return line.ends.length + digest("x").length;
}
register(import.meta.url, { Line, hidden });

export function twice(text: string) {
  return digest(text) + digest(text);
}

const LIMIT = 60000;
for (const method of isMainProcess() ? ["process", "thread"] : []) {
  const { Pool, Process, Queue } = getContext(method);
  const check = (name: string, run) =>
    test(method + " " + name, async () => {
      const pool = new Pool(1);
      try {
        await run(pool);
      } finally {
        await pool.terminate();
      }
      note("ok " + method + " " + name);
    }, LIMIT);

  await check("inline", async (pool) => {
    assert.deepEqual(await pool.map((x) => x * x, [1, 2, 3]), [1, 4, 9]);
  });
  await check("imported", async (pool) => {
    assert.equal(await pool.apply(digest, ["x"]), digest("x"));
  });
  await check("registered", async (pool) => {
    assert.equal((await pool.apply(shift, [makePoint(4)])).norm(), 5);
  });
  await check("instance", async (pool) => {
    assert.equal((await pool.apply((point) => point, [makePoint(4)])).norm(), 4);
  });
  await check("ref", async (pool) => {
    assert.equal(await pool.apply(ref(new URL("./work.EXTENSION", import.meta.url), "scale"), [2]), 6);
  });
  await check("error", async (pool) => {
    const error = await pool.apply(fail).then(() => undefined, (error) => error);
    assert.equal(error instanceof FarError, true, String(error));
    assert.equal(error.distance, 7);
  });
  await check("process", async () => {
    const queue = new Queue();
    const child = new Process({ target: (queue) => queue.put("here"), args: [queue] });
    await child.start();
    assert.equal(await queue.get(), "here");
    assert.equal(await child.join(), 0);
  });
  await check("exported", async (pool) => {
    assert.equal(await pool.apply(twice, ["x"]), twice("x"));
  });
  await check("own instance", async (pool) => {
    assert.equal(await pool.apply(hidden, [new Line()]), 10);
  });
  await check("again", async (pool) => {
    assert.equal((await pool.apply(shift, [makePoint(4)])).norm(), 5);
  });
}
`;

const REGISTERED = `import { register } from "@allcores/multiprocessing";
register(import.meta.url, { FarError });
`;
