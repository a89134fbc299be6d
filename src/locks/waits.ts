/**
 * What conditions, events and barriers have in common: a list of waits in shared memory, and the promises of this party.
 *
 * @module
 */

import type { Program } from "../parties/program.ts";
import { Monitor, type Structure } from "../parties/monitor.ts";
import { createPiece, type SharedPiece } from "../messages/shared_object.ts";
import { WAIT_LIST_BYTES, WaitList } from "../sync/wait_list.ts";

/** A list of waits, and what is done with it here. */
export interface Waits {
  readonly piece: SharedPiece;
  readonly list: WaitList;
  readonly monitor: Monitor;
}

/** What a structure does in its own way. */
export interface WaitsOptions {
  /** Whether the grants of a member that died go to others. */
  readonly passesOn: boolean;
  readonly finish?: Structure["finish"];
  readonly dismissal?: Structure["dismissal"];
  /** Called with the latch held, before a member that died is forgotten. */
  readonly onDeath?: Structure["bury"];
}

/** Allocates the memory of a list. */
export function createWaits(program: Program): SharedPiece {
  return createPiece(program, WAIT_LIST_BYTES);
}

/**
 * Opens a list of waits.
 *
 * @param piece Its memory.
 * @param options What is done in its own way.
 * @returns The list.
 */
export function openWaits(piece: SharedPiece, options: WaitsOptions): Waits {
  const { program, words } = piece;
  const isDead = (party: number) => program.parties.isDead(party);
  const list = new WaitList(words, program.self, isDead, options.passesOn);
  const { latch, members, queue } = list;
  const monitor = new Monitor(program, {
    latch,
    members,
    queue,
    finish: options.finish,
    dismissal: options.dismissal,
    bury: (member, wake) => {
      options.onDeath?.(member, wake);
      list.bury(member, wake);
    },
  });
  return { piece, list, monitor };
}
