/**
 * The runtimes: this one, and the others on which children can run.
 *
 * @module
 */

import { executableOf } from "../process/executables.ts";
import { findExecutable } from "../process/find_executable.ts";
import { about } from "../runtime/about.ts";
import { runtime } from "../runtime/current.ts";
import { startProcess } from "../runtime/starts.ts";
import type { RuntimeName } from "../runtime/types.ts";
import {
  isAtLeast,
  LEAST_NODE_FOR_ABSTRACT_NAMES,
  LEAST_VERSIONS,
  versionIn,
} from "../runtime/versions.ts";
import { within } from "../support/limit.ts";
import { type Data, failed, type Finding, messageOf, ok, unknown, warning } from "./finding.ts";
import { tryPool } from "./tried_pool.ts";
import { timeText, titleOf } from "./words.ts";

/** How a runtime is looked at. */
export interface RuntimeQuestion {
  readonly name: RuntimeName;
  /** Whether it has to be there. */
  readonly isWanted: boolean;
  /** The longest time (ms) for its version, and for the answer of a child on it. */
  readonly timeout: number;
}

/** What is known of another runtime. */
interface Found {
  readonly path: string;
  readonly version: string;
}

/** Looks at a runtime. */
export async function checkRuntime(question: RuntimeQuestion): Promise<Finding> {
  return question.name === runtime.name ? checkOwn() : await checkOther(question);
}

function dataOf(
  name: RuntimeName,
  found: Partial<Found> = {},
  childMs: number | null = null,
): Data {
  const { path = null, version = null } = found;
  return {
    isThis: name === runtime.name,
    path,
    version,
    least: LEAST_VERSIONS[name],
    childMs,
  };
}

/** Whether children on it work is told by the calls, which are tried later. */
function checkOwn(): Finding {
  const { name, program: { executable: path } } = runtime;
  const { version } = about();
  const data = dataOf(name, { path, version });
  const text = `${version}, this one (${path})`;
  return tooOld(name, version, text, data) ?? ok(text, data);
}

function tooOld(name: RuntimeName, version: string, text: string, data: Data): Finding | null {
  const least = LEAST_VERSIONS[name];
  if (isAtLeast(version, least)) return null;
  return warning(
    text,
    `This library is for ${titleOf(name)} ${least} or later: install a newer one`,
    data,
  );
}

async function checkOther({ name, isWanted, timeout }: RuntimeQuestion): Promise<Finding> {
  const place = placeOf(name);
  const bad = isWanted ? failed : warning;
  if (place instanceof Error) return isWanted ? missing(name, place) : absent(name, place);
  const refusal = runtime.permissions.refuseStart(place);
  if (refusal !== null) {
    return unknown(`${place}, which may not be started`, refusal, dataOf(name, { path: place }));
  }
  const version = await versionOf(name, place, timeout).catch(messageOf);
  if (versionIn(version) !== version) {
    const advice =
      `It does not tell its version (${version}): install it anew, or put another one into the PATH`;
    return bad(place, advice, dataOf(name, { path: place }));
  }
  return await checkChild({ name, isWanted, timeout }, { path: place, version });
}

function placeOf(name: RuntimeName): string | Error {
  try {
    const surroundings = { runtime: name, env: null, cwd: null };
    return findExecutable(executableOf(name), surroundings);
  } catch (error) {
    return error as Error;
  }
}

function absent(name: RuntimeName, { message }: Error): Finding {
  return ok(`none: ${message}; only children on it would need it`, dataOf(name));
}

function missing(name: RuntimeName, { message }: Error): Finding {
  const advice = `Install it, or say where it is: setExecutable(path, { runtime: "${name}" })`;
  return failed(`none: ${message}`, advice, dataOf(name));
}

/** Whether a child finds the sockets by which this program wakes it. */
function canBeWoken(name: RuntimeName, version: string): boolean {
  const isOld = name === "node" && !isAtLeast(version, LEAST_NODE_FOR_ABSTRACT_NAMES);
  return !isOld || !runtime.bells.abstractNames;
}

/** What an executable says of its version: the version alone, where it says one. */
async function versionOf(name: RuntimeName, executable: string, timeout: number): Promise<string> {
  const child = startProcess({
    executable,
    runtime: name,
    execArgv: ["--version"],
    entry: [],
    args: [],
    env: null,
    cwd: null,
    stdout: "pipe",
    stderr: "null",
  });
  try {
    const text = await within(new Response(child.stdout).text(), { timeout }, "its version");
    return versionIn(text) ?? "nothing";
  } finally {
    child.kill("SIGKILL");
  }
}

async function checkChild(
  { name, isWanted, timeout }: RuntimeQuestion,
  found: Found,
): Promise<Finding> {
  const text = `${found.version} (${found.path})`;
  if (!runtime.capabilities("process").available) {
    const why = `${text}; no child was tried, since there are no processes here`;
    return unknown(why, null, dataOf(name, found));
  }
  if (!canBeWoken(name, found.version)) {
    const why =
      `A child on Node before ${LEAST_NODE_FOR_ABSTRACT_NAMES} hears nothing of a program that is not: install a newer one`;
    return (isWanted ? failed : warning)(`${text}; no child was tried`, why, dataOf(name, found));
  }
  try {
    const { firstMs } = await tryPool({ method: "process", runtime: name, timeout });
    const data = dataOf(name, found, firstMs);
    const answers = `${text}; a child answers in ${timeText(firstMs)}`;
    return tooOld(name, found.version, answers, data) ?? ok(answers, data);
  } catch (error) {
    const bad = isWanted ? failed : warning;
    return bad(`${text}; a child does not work`, messageOf(error), dataOf(name, found));
  }
}
