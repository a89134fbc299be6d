/**
 * The flags that a child runs with on Node and Bun.
 *
 * @module
 */

import { nodeProcess } from "./globals.ts";

/**
 * Flags that are meant for the first process alone: they would start a second debugger, print, run something else, start again on
 * every change, or say of what kind a program is that is no file.
 */
const OWN_FLAGS =
  /^(--inspect|--debug-port|--watch|--hot$|--test|--experimental-test|--eval|--print|--check|--interactive|--input-type|--cpu-prof|--heap-prof|--prof|--build-|--snapshot-blob|--experimental-sea-config|--run(=|$)|-e$|-p$|-pe$|-c$|-i$|-$)/;
/** Those of them whose value may be the next argument. */
const VALUE_FOLLOWS =
  /^(-e|-p|-pe|--eval|--print|--input-type|--(cpu|heap)-prof-.+|--inspect-port|--debug-port|--watch-path|--watch-kill-signal|--test-.+|--snapshot-blob|--build-(sea|snapshot-config)|--experimental-sea-config|--run)$/;

/** The flags of this process, as far as a child should have them too. */
export function childFlags(): string[] {
  return filterFlags(nodeProcess().execArgv);
}

/** Behind it are no flags, whatever a runtime says. */
const END_OF_FLAGS = "--";

/**
 * Leaves the flags out that are meant for the first process alone.
 *
 * @param flags The flags of this process.
 * @returns Those that a child should have, too.
 */
export function filterFlags(flags: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < flags.length; i++) {
    if (flags[i] === END_OF_FLAGS) break;
    if (!OWN_FLAGS.test(flags[i])) kept.push(flags[i]);
    else if (VALUE_FOLLOWS.test(flags[i]) && !flags[i + 1]?.startsWith("-")) i++;
  }
  return kept;
}
