/**
 * A stand-in for `jsr:@std/assert` where JSR cannot be reached: the functions that the tests use, with the
 * same names, parameters and judgements, over `node:util` for the text of a failure.
 *
 * The judgements of `assertEquals` are the original's, and differ from `node:assert/strict` in these points:
 *
 * - `0` equals `-0`, and `NaN` equals `NaN` (use `assertStrictEquals`, which is `Object.is`, to tell zeros apart);
 * - prototypes are not compared, constructors are; an object without a prototype equals a plain one;
 * - only enumerable own properties count, symbols included, so two errors of one class are always equal;
 * - a hole in an array differs from `undefined`, as does an absent property;
 * - `Set` and `Map` are compared without regard to order, their keys deeply.
 *
 * For what it does not judge (error messages, boxed values, prototypes) use `node:assert/strict`.
 *
 * @module
 */

export { AssertionError } from "./assertion_error.ts";
export { equal } from "./equal.ts";
export * from "./assertions.ts";
export * from "./errors.ts";
