/**
 * What a message takes away from its sender, as a message takes a `MessagePort`.
 *
 * While a value is encoded, the objects in it that would leave are noted. They leave when the message is sent, in the same
 * step: a message that cannot be sent takes nothing away. Until they have arrived, this party keeps them: it gives up what is
 * on its way when what carries it is lost, and its own death gives up all of it.
 *
 * @module
 */

import { runtime } from "../runtime/current.ts";
import type { PayloadEncoder } from "../sync/ring.ts";
import type { Program } from "../parties/program.ts";
import { handles } from "./handles.ts";
import { encoder } from "./message.ts";
import type { Move } from "./move.ts";
import { nap } from "../support/stand_still.ts";
import type { Poller } from "../parties/waker.ts";

const NONE: readonly Move[] = [];
let departed: Move[] = [];

/** Lets leave what the value takes away that was encoded last. */
function depart(): void {
  for (const leaver of handles.leaving) departed.push(leaver.leave());
  handles.leaving.clear();
}

/**
 * What has left since the last call; whoever sends something asks for it at once, and keeps it.
 *
 * @returns The moves.
 */
export function takeDeparted(): readonly Move[] {
  if (handles.leaving.size > 0) depart();
  if (departed.length === 0) return NONE;
  const moves = departed;
  departed = [];
  return moves;
}

/** Encodes what is sent as soon as it is encoded: what it takes away has left then. */
export const sendingEncoder: PayloadEncoder = {
  encode(value, bytes, start, end, root) {
    const position = encoder.encode(value, bytes, start, end, root);
    if (position >= 0 && handles.leaving.size > 0) depart();
    return position;
  },
};

/** Moves that travel together. */
export interface Carried {
  readonly moves: readonly Move[];
  /** Whether what carries them will never be read. */
  isLost: () => boolean;
}

/** How long (ms) a process that ends waits for its moves to arrive: their memory may end with it. */
const LINGER = 1_000;

/** The moves of this party that have not arrived. Nothing is waited for: it looks when this party looks anyway. */
class Keeper implements Poller {
  readonly waiting = false;
  readonly #carried = new Set<Carried>();
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
    runtime.lifecycle.onExit(() => this.#linger());
  }

  get listening(): boolean {
    return this.#carried.size > 0;
  }

  keep(carried: Carried): void {
    if (this.#carried.size === 0) this.#program.waker.add(this);
    this.#carried.add(carried);
    this.poll();
  }

  poll(): boolean {
    for (const carried of this.#carried) {
      if (carried.isLost()) carried.moves.forEach((move) => move.giveUp());
      if (carried.moves.every((move) => move.isOver)) this.#carried.delete(carried);
    }
    if (this.#carried.size === 0) this.#program.waker.remove(this);
    return false;
  }

  #linger(): void {
    for (const end = performance.now() + LINGER; performance.now() < end;) {
      this.poll();
      if (this.#carried.size === 0) return;
      nap(1);
    }
  }
}

const keepers = new WeakMap<Program, Keeper>();

/**
 * Keeps what has left since the last call until it has arrived; to be called when it was sent.
 *
 * @param isLost Whether what carries it will never be read.
 * @returns What is kept; `null` when there is nothing.
 */
export function keepDeparted(isLost: () => boolean): Carried | null {
  const moves = takeDeparted();
  return moves.length === 0 ? null : keepMoves(moves, isLost);
}

/**
 * Keeps moves until they have arrived.
 *
 * @param moves What {@linkcode takeDeparted} gave: at least one.
 * @param isLost Whether what carries them will never be read.
 * @returns What is kept.
 */
export function keepMoves(moves: readonly Move[], isLost: () => boolean): Carried {
  const { program } = moves[0];
  let keeper = keepers.get(program);
  if (keeper === undefined) {
    keeper = new Keeper(program);
    keepers.set(program, keeper);
  }
  const carried = { moves, isLost };
  keeper.keep(carried);
  return carried;
}
