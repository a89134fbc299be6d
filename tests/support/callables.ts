/** Functions on their way to another process, as far as one process can see it. */

import assert from "node:assert/strict";
import { describeCallable } from "../../src/callable/describe.ts";
import type { CallableDescriptor } from "../../src/callable/descriptor.ts";
import { materialize } from "../../src/callable/materialize.ts";
import type { AnyFunction } from "../../src/callable/types.ts";
import { FreeVariableError } from "../../src/errors.ts";

/** A module that exports functions and classes. */
export const EXPORTS = new URL("../fixtures/callable_exports.ts", import.meta.url).href;

/** The call sites where there are none. */
export function nowhere(): readonly string[] {
  return [];
}

/** How a function is named for another process, when these modules called. */
export async function describe(
  fn: unknown,
  sites: readonly string[] = [],
): Promise<CallableDescriptor> {
  return await describeCallable(fn, "fn", () => sites);
}

/**
 * The function as another process would have it: its descriptor is copied, so nothing but data
 * crosses.
 */
export async function travel<F extends AnyFunction>(fn: F): Promise<F> {
  const descriptor = structuredClone(await describe(fn));
  assert.equal(descriptor.kind, "text");
  return await materialize(descriptor) as F;
}

/** Functions by their text, so that no runtime's compiler writes them anew. */
// deno-lint-ignore no-explicit-any
export function written(text: string): any {
  return (0, globalThis.eval)(`(${text})`);
}

/** The error that a function with outer variables is refused with. */
export async function refusal(
  fn: unknown,
  sites: readonly string[] = [],
): Promise<FreeVariableError> {
  try {
    await describe(fn, sites);
  } catch (error) {
    assert.ok(error instanceof FreeVariableError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "the function was not refused" });
}
