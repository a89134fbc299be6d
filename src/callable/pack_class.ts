/**
 * Finds the way in which a class can be named for another process: a class always goes by its name.
 *
 * @module
 */
import type { AnyClass, AnyFunction } from "./callable.ts";
import type { PackedRef } from "./packed_function.ts";
import { explainUnseen, findByName, findNameSoFar, guessName } from "./find_by_name.ts";
import { nameOf } from "./function_text.ts";
import { classError } from "./function_errors.ts";
import { registeredRef } from "./register.ts";

const known = new WeakMap<object, PackedRef>();

/**
 * Packs a class for another process, for example a subclass of `Process` whose `run()` is to
 * run there.
 *
 * A class is never sent by its text, since instances must be of the same class as those of the
 * module's own.
 *
 * @param constructor The class.
 * @param callSite Gives the calling modules, nearest first; asked only if the class is not
 * registered.
 * @returns Its name, at once if it is known.
 * @throws {FreeVariableError} (rejects with it) if neither a calling module nor one from which it
 * imports the class exports it, and it is not registered.
 */
export function packClass(
  constructor: AnyClass | AnyFunction,
  callSite: () => readonly string[],
): PackedRef | Promise<PackedRef> {
  const cached = registeredRef(constructor) ?? known.get(constructor);
  return cached ?? findClass(constructor, callSite());
}

async function findClass(
  constructor: AnyClass | AnyFunction,
  sites: readonly string[],
): Promise<PackedRef> {
  const error = classError(nameOf(constructor));
  const search = await findByName(constructor, sites);
  const answer = search.packed ?? await guessName(constructor, search, error) ??
    await findNameSoFar(constructor, search.unfinished);
  if (answer === undefined) throw explainUnseen(error, constructor, search);
  const earlier = known.get(constructor);
  if (earlier !== undefined) return earlier;
  known.set(constructor, answer);
  return answer;
}
