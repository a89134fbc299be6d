/**
 * What the runtimes themselves need to start a process or a thread with an empty program, and to end it: the bare minimum
 * that this library is measured against.
 *
 * @module
 */

import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Worker as NodeWorker } from "node:worker_threads";

interface DenoCommand {
  output(): Promise<unknown>;
}
interface DenoWorker {
  onmessage: (() => void) | null;
}
declare const Deno: {
  execPath(): string;
  Command: new (path: string, options: Record<string, unknown>) => DenoCommand;
};
declare const Bun: {
  spawn(command: string[], options: Record<string, unknown>): { exited: Promise<unknown> };
};
declare const Worker: new (url: string, options: { type: "module" }) => DenoWorker;

const empty = new URL("./empty.js", import.meta.url);
const isDeno = "Deno" in globalThis;
const isBun = "Bun" in globalThis;

/** Starts the runtime on an empty program, and waits for its end. */
export async function bareProcess(): Promise<void> {
  const path = fileURLToPath(empty);
  const silent = { stdin: "null", stdout: "null", stderr: "null" };
  if (isDeno) await new Deno.Command(Deno.execPath(), { args: ["run", path], ...silent }).output();
  else if (isBun) {
    await Bun.spawn([process.execPath, path], { stdio: ["ignore", "ignore", "ignore"] }).exited;
  } else {
    const child = spawn(process.execPath, [path], { stdio: "ignore" });
    await new Promise((resolve) => child.once("exit", resolve));
  }
}

/** Starts a thread on an almost empty program, and waits for its end: in Deno, for the last that can be seen of it. */
export async function bareThread(): Promise<void> {
  if (isDeno) {
    const worker = new Worker(new URL("./empty_deno_worker.js", import.meta.url).href, {
      type: "module",
    });
    await new Promise<void>((resolve) => worker.onmessage = () => resolve());
  } else {
    const worker = new NodeWorker(empty);
    await new Promise((resolve) => worker.once("exit", resolve));
  }
}
