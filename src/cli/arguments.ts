/**
 * Reading the arguments of a command. What is wrong is said in the same words on every runtime.
 *
 * @module
 */

import { type Command, type GivenOptions, UsageError } from "./command.ts";

/** A word of the command line, as `parseArgs` gives it. */
type Token = { kind: string; name?: string; rawName?: string; value?: string | boolean };

/**
 * Reads arguments.
 *
 * @param args The arguments behind the command's name.
 * @param options The options that there are.
 * @returns Those that were given.
 * @throws {UsageError} when one is unknown, has no value or one too many, or is given twice; or where something is no option.
 */
export async function readArguments(
  args: readonly string[],
  options: Command["options"],
): Promise<GivenOptions> {
  const { parseArgs } = await import("node:util");
  const types = Object.entries(options).map(([name, { value }]) => [
    name,
    { type: value === undefined ? "boolean" : "string", multiple: true },
  ]);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(types),
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  for (const token of tokens as Token[]) {
    const [name, value] = checked(token, options, given);
    given.set(name, [...given.get(name) ?? [], value]);
  }
  return given;
}

function checked(
  { kind, name = "", rawName, value }: Token,
  options: Command["options"],
  given: GivenOptions,
): [name: string, value: string] {
  if (kind !== "option") throw new UsageError(`"${String(value ?? "--")}" is no option`);
  if (!Object.hasOwn(options, name)) throw new UsageError(`There is no option ${rawName}`);
  const option = options[name];
  if (given.has(name) && !option.many) throw new UsageError(`${rawName} may be given once`);
  if (option.value === undefined) {
    if (typeof value !== "string") return [name, ""];
    throw new UsageError(`${rawName} has no value`);
  }
  // What follows may be another option, which was forgotten to be given a value.
  if (typeof value !== "string" || value === "" || value.startsWith("--")) {
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  }
  if (option.choices?.includes(value) === false) {
    throw new UsageError(`${rawName} must be one of ${option.choices.join(", ")}, got "${value}"`);
  }
  return [name, value];
}
