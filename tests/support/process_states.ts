/**
 * Children in the states that tests begin with, and what a child that could not be started looks like.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { assertEquals, assertThrows } from "@std/assert";
import { activeChildren, type Process, ProcessError } from "../../mod.ts";
import * as targets from "../fixtures/process_targets.ts";
import { freshPath, mp, runToEnd, until } from "./children.ts";

/** A child that is still at work when this returns. */
export async function waiting(options: { daemon?: boolean } = {}): Promise<Process> {
  const path = freshPath();
  const child = new mp.Process({ target: targets.tellAndWait, args: [path], ...options });
  await child.start();
  await until(() => existsSync(path));
  return child;
}

/** A child that has ended. */
export async function ended(): Promise<Process> {
  const child = new mp.Process({ target: () => {} });
  await runToEnd(child);
  return child;
}

/** Makes sure that a child that could not be started can still be used as if nothing had happened. */
export function assertUnstarted(child: Process): void {
  assertEquals([child.pid, child.ident, child.exitCode], [null, null, null]);
  assertEquals(child.isAlive(), false);
  assertEquals(activeChildren().includes(child), false);
  assertThrows(() => child.sentinel, ProcessError);
}
