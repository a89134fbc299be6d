/**
 * The children of this process or thread, and what becomes of them at its end: daemons are ended; the others keep
 * the event loop alive, and are waited for in this way. At an end that waits for nobody they live on.
 *
 * @module
 */

import { noteLoaded } from "../callable/mod.ts";
import { libraryRoot } from "../identity/child_entry.ts";
import { currentMark, hasMarks } from "../identity/code_origin.ts";
import { inheritedLog } from "../log/log.ts";
import { isImporting, type Origin, processName, type Self, self } from "../identity/self.ts";
import { ProcessError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import { nap } from "../support/stand_still.ts";
import type { Child } from "./launch.ts";

let count = 0;

/** The processes that were started here and have not ended; each is a `Process`, whose file imports this one. */
export const running: Set<object> = new Set();

/**
 * Creates an object that stands for the running process itself: it is none of its own children.
 *
 * @param create Creates it.
 * @returns The object.
 */
export function uncounted<T>(create: () => T): T {
  const before = count;
  const created = create();
  count = before;
  return created;
}

/** How long (ms) a process that ends may wait until the children that live on have begun: what they need is in its memory. */
const LINGER = 1_000;

const daemons = new Set<Child>();
const nonDaemons = new Set<Child>();
let watchesEnd = false;

/**
 * The place of the next child in the program.
 *
 * @returns The numbers of the children on the way to it.
 */
export function childPath(): number[] {
  return [...self()?.path ?? [], ++count];
}

/**
 * The program's main module, where it runs: as a list of one or none. In a child it need not be loaded, and to look into it
 * would run it.
 */
export function mainModule(): string[] {
  const main = self() === null ? runtime.program.mainModuleHere : null;
  if (main === null) return [];
  noteLoaded(main);
  return [main];
}

/**
 * What a child is told about itself.
 *
 * @param name Its name.
 * @param daemon Whether it ends with this process.
 * @param path Its place in the program.
 * @param method How it is started.
 * @param poolWorker Whether it is a worker of a pool.
 * @param origin Where it is started.
 * @returns The description.
 */
export function describeChild(
  name: string,
  daemon: boolean,
  path: readonly number[],
  method: StartMethod,
  poolWorker: boolean,
  origin: Origin = { site: null, isDoubtful: false },
): Self {
  const here = self();
  return {
    name,
    daemon,
    path,
    method,
    poolWorker,
    creatorName: processName(),
    creatorPid: runtime.pid,
    mainModule: here === null ? runtime.program.mainModule : here.mainModule,
    args: here?.args ?? runtime.program.args,
    origin,
    log: inheritedLog(),
  };
}

/**
 * Refuses to start children where that must not be.
 *
 * @param what What was to be started, for the error.
 * @returns Where it is started.
 * @throws {ProcessError} in a daemon, and in code that runs because a module is imported on behalf of the creator.
 */
export function checkMayHaveChildren(what: string): Origin {
  const child = self();
  const site = startSite();
  if (child !== null && isStray(child, site)) {
    throw new ProcessError(
      `Cannot start ${what} while this module is being imported by a worker: the worker would start it again, and so on. ` +
        "Put the program's main part under `if (import.meta.main)` or `if (isMainProcess())`",
    );
  }
  if (child?.daemon) {
    throw new ProcessError(
      `Cannot start ${what} in ${child.name}: daemonic processes are not allowed to have children` +
        (child.poolWorker ? ". new Pool({ daemon: false }) gives workers that may" : ""),
    );
  }
  return { site, isDoubtful: hasMarks() && currentMark() === null };
}

/**
 * Whether the running code is the main part of a program, and not the work of this child. Code without a mark is given the
 * benefit of the doubt, but not twice in a row, and not where this child itself comes from.
 */
function isStray({ origin }: Self, site: string | null): boolean {
  const mark = currentMark();
  if (mark === "work") return false;
  if (isImporting() || mark === "import") return true;
  if (!hasMarks()) return false;
  return origin.isDoubtful || (site !== null && site === origin.site);
}

/** The line of the stack that tells where the user's code called. */
function startSite(): string | null {
  const library = decodeURIComponent(new URL(libraryRoot).pathname);
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  return frames.find((frame) => !frame.includes(library))?.trim() ?? null;
}

/**
 * Takes a child into account: at the end of this process daemons are ended, the others are waited for.
 *
 * @param child The child.
 * @param daemon Whether it is a daemon.
 */
export function own(child: Child, daemon: boolean): void {
  const set = daemon ? daemons : nonDaemons;
  set.add(child);
  void child.handle.exited.then(() => set.delete(child));
  if (daemon) child.handle.unref();
  if (watchesEnd) return;
  watchesEnd = true;
  runtime.lifecycle.onExit(() => {
    for (const { handle } of daemons) handle.kill("SIGTERM");
    letOthersBegin();
  });
}

/** No thread lives on, and nothing is heard any more of who ends. */
function letOthersBegin(): void {
  const others = [...nonDaemons].filter(({ handle }) => handle.pid !== null);
  const isOver = () => others.every(({ acceptance }) => acceptance.look());
  for (const end = performance.now() + LINGER; !isOver() && performance.now() < end;) nap(1);
}

/** Resolves when all children have ended that are no daemons. */
export async function childrenEnded(): Promise<void> {
  while (nonDaemons.size > 0) await Promise.all([...nonDaemons].map(({ handle }) => handle.exited));
}
