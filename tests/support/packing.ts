/**
 * Functions on their way to another process, within one.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { AnyFunction } from "../../src/callable/callable.ts";
import { packFunction } from "../../src/callable/pack_function.ts";
import type { PackedFunction } from "../../src/callable/packed_function.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import { FreeVariableError } from "../../src/errors.ts";

/** A call site of no modules. */
export function nowhere(): readonly string[] {
  return [];
}

/** What is sent of a function. */
export async function pack(fn: unknown, sites: readonly string[] = []): Promise<PackedFunction> {
  return await packFunction(fn, "fn", () => sites);
}

/**
 * The function as another process would have it: what is sent is copied, so nothing but
 * data crosses.
 */
export async function travel<F extends AnyFunction>(fn: F): Promise<F> {
  const packed = structuredClone(await pack(fn));
  assert.equal(packed.kind, "text");
  return await unpackFunction(packed) as F;
}

/** Functions by their text, so that no runtime's compiler writes them anew. */
// deno-lint-ignore no-explicit-any
export function written(text: string): any {
  return (0, globalThis.eval)(`(${text})`);
}

/** The error by which a function is refused. */
export async function refusal(
  fn: unknown,
  sites: readonly string[] = [],
): Promise<FreeVariableError> {
  try {
    await pack(fn, sites);
  } catch (error) {
    assert.ok(error instanceof FreeVariableError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "the function was not refused" });
}

/** The outer variables for which a function of that text is refused. */
export async function outerNames(text: string): Promise<string[]> {
  return (await refusal(written(text))).variables.map(({ name }) => name);
}
