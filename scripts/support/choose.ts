/** What an option of a script that may be repeated chooses. */

/**
 * Chooses among the names that an option takes.
 *
 * @param given What the user gave; nothing means all.
 * @param all The names.
 * @param what What they are names of.
 * @returns The chosen ones, in the order of `all`.
 * @throws {Error} when there is no such name.
 */
export function choose<T extends string>(
  given: string[] | undefined,
  all: readonly T[],
  what: string,
): T[] {
  const wrong = given?.find((name) => !all.includes(name as T));
  if (wrong !== undefined) throw new Error(`unknown ${what} "${wrong}": ${all.join(", ")}`);
  return given ? all.filter((name) => given.includes(name)) : [...all];
}
