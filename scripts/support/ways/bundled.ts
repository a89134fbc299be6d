/**
 * The user's program that bundlers and compilers are tried with: ten checks, five with each start method. What was made is moved
 * to another folder, with `koffi` beside it and nothing else.
 */

import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome, Project } from "./way.ts";

/** The files of the project: `app` and `work` are the entries. */
export function program(): Record<string, string> {
  return {
    "app.ts": HEAD + MAIN + `if (isMainProcess()) main(["process", "thread"]);\n`,
    "single.ts": HEAD + MAIN + `freezeSupport().then(() => main(process.argv.slice(2)));\n`,
    "unguarded.ts": HEAD + MAIN + `main(process.argv.slice(2));\n`,
    "util.ts": UTIL,
    "work.ts": WORK,
    // For bundlers that take no TypeScript.
    "app.js": untyped(HEAD + MAIN + `if (isMainProcess()) main(["process", "thread"]);\n`),
    "util.js": untyped(UTIL),
    "work.js": untyped(WORK),
  };
}

/** What is tried of a bundle. */
export interface BundleOptions {
  /** The folder that the bundler wrote. */
  out: string;
  /** The file in it that is run. */
  file: string;
  /** What runs it. */
  runtime?: string[];
  /** Whether the library is left out of it, and installed beside it. */
  external?: boolean;
  /** What kind of modules files with the extension `js` are. */
  type?: "module" | "commonjs";
}

/** Bundles, moves what came of it, and runs that. */
export async function runBundle(
  project: Project,
  commands: string[][],
  { out, file, runtime = ["node"], external = false, type = "module" }: BundleOptions,
): Promise<Outcome> {
  let output = "";
  for (const command of commands) {
    const made = await project.run(command);
    output += made.output;
    if (made.code !== 0) return { works: false, note: "not bundled", output };
  }
  const moved = `${project.folder}-moved-${out}`;
  cpSync(project.path(out), moved, { recursive: true });
  writeFileSync(join(moved, "package.json"), JSON.stringify({ type }));
  const modules = project.path("node_modules");
  // With the library outside, all that it needs is there; else only what no bundle can hold.
  if (external) symlinkSync(modules, join(moved, "node_modules"));
  else linkKoffi(modules, moved);
  const result = await project.run([...runtime, join(moved, file)], { cwd: moved });
  return outcome(output + result.output, result.code, 10);
}

/** Runs an executable, in a folder with or without `koffi` beside it. */
export async function runExecutable(
  project: Project,
  file: string,
  methods: string[],
  { koffi = false }: { koffi?: boolean } = {},
): Promise<Outcome> {
  const moved = `${project.folder}-moved-${file}-${methods}`;
  mkdirSync(moved);
  cpSync(project.path(file), join(moved, file));
  if (koffi) linkKoffi(project.path("node_modules"), moved);
  const result = await project.run([join(moved, file), ...methods], { cwd: moved });
  return outcome(result.output, result.code, 3 * methods.length);
}

function linkKoffi(modules: string, folder: string): void {
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(modules).filter((name) => /^(koffi|@koromix)$/.test(name))) {
    symlinkSync(join(modules, name), join(folder, "node_modules", name));
  }
}

function outcome(output: string, code: number | null, wanted: number): Outcome {
  const passed = output.split("\n").filter((line) => line.startsWith("ok ")).length;
  return { works: code === 0 && passed === wanted, note: `${passed} of ${wanted}`, output };
}

function untyped(text: string): string {
  return text.replace(
    /: (number|string\[\]|string|Promise<\w+>|Point|\(\) => Promise<unknown>)(?=[,)= {])/g,
    "",
  )
    .replace(/<\(x.*?=> string>/g, "").replaceAll("util.ts", "util.js");
}

const HEAD =
  `import { freezeSupport, getContext, isMainProcess, ref, register } from "@allcores/multiprocessing";
import process from "node:process";
import { makePoint, normOf, sha } from "./util.ts";
`;

const MAIN = `const secret = 7;
function hidden(x: number) {
  return x * secret;
}
register(import.meta.url, { hidden });
export function digest(x: string) {
  return sha(x);
}
async function check(name: string, wanted: string, run: () => Promise<unknown>) {
  try {
    const got = String(await run());
    console.log(got === wanted ? "ok" : "WRONG " + got, name);
  } catch (error) {
    console.log("FAILED", name, error);
  }
}
async function main(methods: string[]) {
  for (const method of methods) {
    const { Pool } = getContext(method);
    const pool = new Pool(2);
    const scale = () => ref<(x: number) => string>(new URL("./work.ts", import.meta.url), "scale");
    await check(method + " inline", "1,4,9", () => pool.map((x) => x * x, [1, 2, 3]));
    await check(method + " registered", "7,14", () => pool.map(hidden, [1, 2]));
    await check(method + " instance", "true 5", () => pool.map(normOf, [makePoint(3, 4)]));
    if (isBundle) {
      await check(method + " exported", sha("a"), () => pool.map(digest, ["a"]));
      await check(method + " ref", sha("5"), () => pool.map(scale(), [5]));
    }
    await pool.terminate();
  }
}
/** In an executable there are no other modules, and no exports. */
const isBundle = process.argv.length === 2;
`;

const UTIL = `import { createHash } from "node:crypto";
import { register } from "@allcores/multiprocessing";
class Point {
  x = 0;
  y = 0;
}
export function makePoint(x: number, y: number) {
  return Object.assign(new Point(), { x, y });
}
function norm(point: Point) {
  return (point instanceof Point) + " " + Math.hypot(point.x, point.y);
}
export { norm as normOf };
export function sha(x: string) {
  return createHash("sha256").update(x).digest("hex").slice(0, 8);
}
register(import.meta.url, { Point, norm });
`;

const WORK = `import { sha } from "./util.ts";
export function scale(x: number) {
  return sha(String(x));
}
`;
