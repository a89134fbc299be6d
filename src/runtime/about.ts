/**
 * What the runtime says of itself: for people, nothing here decides what the library does.
 *
 * @module
 */

import { bun } from "./bun/globals.ts";
import { choose } from "./choose.ts";
import { deno } from "./deno/globals.ts";
import { nodeProcess } from "./node/globals.ts";

/** What the runtime says of itself. */
export interface About {
  /** Its version: `24.21.0`. */
  readonly version: string;
  /** What it calls the operating system: `linux`. */
  readonly platform: string;
  /** What it calls the kind of processor: `x64`. */
  readonly arch: string;
  /** By what it loads the C library. */
  readonly nativeCode: string;
}

/** Asks the runtime. */
export const about: () => About = choose({
  deno: () => describe(deno().version.deno, "Deno.dlopen"),
  bun: () => describe(bun().version, "bun:ffi"),
  node: () => describe(nodeProcess().versions.node ?? "", "koffi"),
});

function describe(version: string, nativeCode: string): About {
  const { platform, arch } = nodeProcess();
  return { version, platform, arch, nativeCode };
}
