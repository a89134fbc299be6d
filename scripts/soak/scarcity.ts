/**
 * The scarcity of a soak: descriptors that are taken away from a process and given back, and processes that stand still.
 *
 * Who needs something meanwhile is refused by an error that says what is short, and does it again.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { setTimeout as startTimer } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import { MultiprocessingError } from "../../mod.ts";

/** Milliseconds that a process has enough, and has nothing, at most. */
const ENOUGH = 1500, NOTHING = 40;
/** Milliseconds that a process stands still at most. */
const STILL = 200;
/** How an error of this library says that something is short. */
const SHORTAGE = /raise (the|its) limit/;

/** Whether the runtime bears it: Deno 2.9.6 ends itself where it wants a descriptor and there is none. */
const bears = !("deno" in process.versions);

/**
 * Does something until there is enough of everything for it.
 *
 * @param work What to do; it has to be good for another try when it fails.
 */
export async function patiently<T>(work: () => Promise<T> | T): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isShortage(error)) throw error;
      await sleep(5);
    }
  }
}

/** Whether an error says that something is short, and what to do. */
export function isShortage(error: unknown): boolean {
  return error instanceof MultiprocessingError && SHORTAGE.test(error.message);
}

/**
 * Takes all descriptors of this process away for some milliseconds, again and again. It keeps no process running.
 *
 * @returns Gives back what is taken, and takes nothing more.
 */
export function starve(): () => void {
  let taken: number[] = [];
  let isOver = !bears;
  const giveBack = (): void => taken.splice(0).forEach((descriptor) => closeSync(descriptor));
  const later = (action: () => void, most: number): void =>
    void startTimer(() => isOver || action(), Math.random() * most).unref();
  const take = (): void => {
    taken = [];
    try {
      for (;;) taken.push(openSync("/dev/null", "r"));
    } catch {
      later(enough, NOTHING);
    }
  };
  const enough = (): void => {
    giveBack();
    later(take, ENOUGH);
  };
  enough();
  return () => {
    isOver = true;
    giveBack();
  };
}

/** Reads a process id and seconds a line: the process stands still for so long. */
const HALTER = `while read pid time; do
  kill -STOP $pid 2> /dev/null && { sleep $time; kill -CONT $pid 2> /dev/null; } &
done
wait`;

/**
 * Lets processes stand still. Another process does it: whoever stands still may have a latch for which this one waits, without a turn
 * of the event loop in which it could let the other one go on.
 */
export class Halter {
  readonly #shell = spawn("sh", ["-c", HALTER], { stdio: ["pipe", "ignore", "ignore"] });
  readonly #ended = new Promise<void>((resolve) => void this.#shell.once("close", () => resolve()));

  /** Lets a process stand still for a moment; it may have been killed meanwhile. */
  halt(pid: number): void {
    this.#shell.stdin.write(`${pid} ${(Math.random() * STILL / 1000).toFixed(3)}\n`);
  }

  /** Ends it; resolves when all go on. */
  async end(): Promise<void> {
    this.#shell.stdin.end();
    await this.#ended;
  }
}
