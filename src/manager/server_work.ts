/**
 * What the servers of managers are told.
 *
 * @module
 */

import type { PackedFunction } from "../callable/mod.ts";
import type { Registration, TypeDescription } from "./registry.ts";
import type { Network } from "./server/network.ts";
import type { Mailbox } from "./wire/mailbox.ts";

/** What the process of a server is started with. */
export interface ServerWork {
  /** The server's name. */
  readonly name: string;
  readonly mailbox: Mailbox;
  /** Whether it makes the types of this library. */
  readonly isSync: boolean;
  readonly types: readonly TypeDescription[];
  readonly initializer: PackedFunction | null;
  readonly initArgs: unknown[];
  /** Where other programs reach it. */
  readonly network: Network | null;
}

/** What a server in the process of its user makes. */
export interface ServerTypes {
  /** Whether the types of this library. */
  readonly isSync: boolean;
  /** What else. */
  readonly types: readonly Registration[];
}
