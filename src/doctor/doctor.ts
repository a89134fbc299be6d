/**
 * What works here, and what to do where something does not.
 *
 * @module
 */

import { about } from "../runtime/about.ts";
import { runtime } from "../runtime/current.ts";
import type { RuntimeName } from "../runtime/types.ts";
import { checkRuntime as checkRuntimeName } from "../process/executables.ts";
import { freezeRecord } from "../support/freeze.ts";
import { checkArray, checkTable, type OptionTable } from "../support/option_checks.ts";
import { checkTimeout } from "../support/options.ts";
import { checkCalls } from "./calls.ts";
import { checkCores } from "./cores.ts";
import { failed, type Finding, messageOf } from "./finding.ts";
import { checkMemory, checkOpenFiles, checkProcessLimit } from "./limits.ts";
import { checkFolder, checkLargePages, checkNamedMemory, checkSharedMemory } from "./memory.ts";
import { checkMethod, checkNativeCode, checkProc } from "./methods.ts";
import { checkPermissions } from "./permissions.ts";
import { checkRuntime } from "./runtimes.ts";
import { checkSockets } from "./sockets.ts";
import type { Check, DoctorOptions, DoctorReport } from "./types.ts";
import { VERSION } from "./version.ts";

/** Milliseconds: a child on a busy machine takes some hundreds. */
const TIMEOUT = 20_000;
const RUNTIMES: readonly RuntimeName[] = ["deno", "bun", "node"];

const OPTIONS: OptionTable<DoctorOptions> = {
  runtimes: (name, value) => {
    checkArray(name, value);
    for (const one of value as unknown[]) checkRuntimeName(one);
  },
  timeout: checkTimeout,
};

/** A check that is still to be made. */
type Question = readonly [name: string, look: () => Finding | Promise<Finding>];

/**
 * Tells what works here: the runtimes, the start methods and what they need, the limits of the system; and what to do where
 * something is missing. It starts a child on each runtime that is found, and a pool of one worker on each start method, which
 * takes a second or two. Python has nothing like it.
 *
 * It throws for nothing that it finds, and waits for nothing longer than `timeout`. What it starts it ends.
 *
 * @param options How it looks.
 * @returns What it found, frozen.
 * @throws {TypeError} when there is no such option or runtime, or it is of the wrong type.
 *
 * @example
 * ```ts
 * import { doctor } from "@allcores/multiprocessing/doctor";
 *
 * if (import.meta.main) {
 *   const { works, checks } = await doctor();
 *   const remedies = checks.map(({ advice }) => advice).filter((advice) => advice !== null);
 *   console.log(works ? "all works" : remedies);
 * }
 * ```
 */
export async function doctor(options?: DoctorOptions): Promise<DoctorReport> {
  checkTable("The doctor", options, OPTIONS, "{ timeout: 20000 }");
  const checks: Check[] = [];
  // One after the other: each would slow down what the others measure.
  for (const question of questions(options ?? {})) checks.push(await answer(question));
  const { version: runtimeVersion, platform, arch } = about();
  return freezeRecord({
    version: VERSION,
    runtime: runtime.name,
    runtimeVersion,
    platform,
    arch,
    works: checks.every(({ status }) => status !== "failed"),
    checks,
  });
}

/** The checks, in their order. */
function questions({ runtimes = [], timeout = TIMEOUT }: DoctorOptions): Question[] {
  const wanted = runtimes.length === 0
    ? RUNTIMES
    : RUNTIMES.filter((name) => name === runtime.name || runtimes.includes(name));
  return [
    ...wanted.map((name): Question => {
      const isWanted = runtimes.includes(name);
      return [`runtime ${name}`, () => checkRuntime({ name, isWanted, timeout })];
    }),
    ["permissions", checkPermissions],
    ["native code", checkNativeCode],
    ["/proc", checkProc],
    ["method process", () => checkMethod("process")],
    ["method thread", () => checkMethod("thread")],
    ["shared memory", checkSharedMemory],
    ["memory folder", checkFolder],
    ["named memory", checkNamedMemory],
    ["large pages", checkLargePages],
    ["sockets", checkSockets],
    ["cores", checkCores],
    ["memory", checkMemory],
    ["open files", checkOpenFiles],
    ["processes", checkProcessLimit],
    ["calls on process", () => checkCalls("process", timeout)],
    ["calls on thread", () => checkCalls("thread", timeout)],
  ];
}

async function answer([name, look]: Question): Promise<Check> {
  try {
    return { name, ...await look() };
  } catch (error) {
    return { name, ...failed("cannot be looked at", messageOf(error)) };
  }
}
