/**
 * Whether an executable can be run, looked at before the system is asked: the runtimes tell it in different ways, and one runs
 * itself in place of an executable that is missing.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";
import type { FileFacts } from "../runtime/files.ts";
import type { RuntimeName } from "../runtime/types.ts";

/** The bits of a file's mode that let somebody execute it. */
const EXECUTE = 0o111;

/** Where a child is to run. */
export interface Surroundings {
  /** The runtime that the executable is to be. */
  readonly runtime: RuntimeName;
  /** The child's environment; `null` for this process's. */
  readonly env: Readonly<Record<string, string>> | null;
  /** The child's working directory; `null` for this process's. */
  readonly cwd: string | null;
}

/**
 * Finds an executable.
 *
 * @param executable Its path, or a name that is looked for in the PATH.
 * @param surroundings Where it is to run.
 * @returns Its path; what was given where it cannot be told here.
 * @throws {Error} when it cannot be run; says why.
 */
export function findExecutable(executable: string, surroundings: Surroundings): string {
  const { cwd } = surroundings;
  if (cwd !== null && isFolder(cwd) === false) throw new Error(`${cwd} is no directory`);
  const isPath = executable.includes("/");
  // It counts from the child's directory.
  if (isPath && cwd !== null && !executable.startsWith("/")) return executable;
  const places = isPath ? [executable] : placesInPath(executable, surroundings);
  const states = places?.map(isExecutable) ?? [null];
  const first = states.findIndex((state) => state === true || state === null);
  if (states[first] === null) return executable;
  if (first >= 0) return places![first];
  if (states.includes(false)) throw new Error("it is no executable file");
  throw new Error(isPath ? "there is no such file" : "it is not in the PATH");
}

/** Where an executable may stand; `null` where the PATH is not known. */
function placesInPath(name: string, surroundings: Surroundings): string[] | null {
  const { PATH = "" } = surroundings.env ?? runtime.program.environment();
  const folders = PATH.split(":").filter((folder) => folder !== "");
  if (folders.length === 0) return null;
  const places = folders.map((folder) => `${folder}/${name}`);
  // A runtime may have put itself there under the name of another one.
  return surroundings.runtime === runtime.name
    ? places
    : places.filter((place) => !isThisRuntime(place));
}

/** What stands at a path; `undefined` where there is nothing, and `null` where this may not be looked at. */
function look(path: string): FileFacts | null | undefined {
  if (!runtime.files.mayLook(path)) return null;
  try {
    return runtime.files.lookThrough(path) ?? undefined;
  } catch (error) {
    // Below a file there is nothing.
    return (error as { code?: string }).code === "ENOTDIR" ? undefined : null;
  }
}

function isThisRuntime(path: string): boolean {
  const facts = look(path);
  return Boolean(facts) && facts!.id === look(runtime.program.executable)?.id;
}

function isExecutable(path: string): boolean | null | undefined {
  const facts = look(path);
  return facts && facts.kind === "file" && (facts.mode & EXECUTE) !== 0;
}

function isFolder(path: string): boolean | null {
  const facts = look(path);
  return facts === null ? null : facts?.kind === "folder";
}
