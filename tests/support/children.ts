/**
 * What tests of processes share: the context of this run, and ways to see what a child saw.
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Callable, type Context, getContext, type Process } from "../../mod.ts";
import { method } from "./method.ts";

/** The context of this run. */
export const mp: Context = getContext(method);

const folder = mkdtempSync(join(tmpdir(), "children-"));
let files = 0;
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** A path at which there is nothing yet. */
export function freshPath(): string {
  return join(folder, String(++files));
}

/** What a child wrote at a path; `undefined` if it wrote nothing. */
export function readValue(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Runs a process to its end; gives its exit code. */
export async function runToEnd(child: Process): Promise<number | null> {
  await child.start();
  return await child.join();
}

/** What a target writes at the path that it is given in front of its arguments. */
export async function valueOf<Args extends unknown[]>(
  target: Callable<[string, ...Args]>,
  ...args: Args
): Promise<unknown> {
  const path = freshPath();
  const child = new mp.Process<[string, ...Args]>({ target, args: [path, ...args] });
  const exitCode = await runToEnd(child);
  return exitCode === 0 ? readValue(path) : { exitCode };
}

/** The exit code of a target. */
export async function exitCodeOf<Args extends unknown[]>(
  target: Callable<Args>,
  ...args: Args
): Promise<number | null> {
  return await runToEnd(new mp.Process<Args>({ target, args, stderr: "null" }));
}

/** Looks again and again until a condition holds; what never does is ended by the test's limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

/** All that a stream gives, as text. */
export async function textOf(stream: ReadableStream<Uint8Array> | null): Promise<string> {
  if (stream === null) throw new Error("There is no such stream");
  return await new Response(stream).text();
}
