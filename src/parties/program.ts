/**
 * The program, as one of its processes or threads sees it: its parties, the memory that they share and how they wake each
 * other. There is one for each start method, since threads and processes share memory in different ways; the main process
 * creates it when it first needs it, and a child joins the one of its creator.
 *
 * @module
 */

import { prepareFreshBytes } from "../support/fresh_bytes.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import { ArenaMemory } from "../memory/arena_memory.ts";
import { ArenaHeap } from "../memory/arena_heap.ts";
import { MappedHeap } from "../memory/mapped_heap.ts";
import type { SharedHeap } from "../memory/share.ts";
import { FutexBell } from "./futex_bell.ts";
import type { Memory } from "../sync/block.ts";
import { joinNames, leaveNames, removeNames } from "../memory/name_records.ts";
import { slotOf, SLOTS } from "./party_layout.ts";
import { PartyTable } from "./party_table.ts";
import { sweepOnce, sweepQuietly } from "../files/program_folder.ts";
import { openMemory, plantProcesses, plantThreads, type ProgramSeed } from "./program_seed.ts";
import { SocketBell } from "./socket_bell.ts";
import type { Bell } from "./bell.ts";
import { Waker } from "./waker.ts";

/** The parties of one start method, as one of them sees them. */
export class Program {
  readonly method: StartMethod;
  readonly memory: Memory;
  readonly parties: PartyTable;
  /** This party. */
  readonly self: number;
  /** The party that started this one; the main program is its own. */
  readonly creator: number;
  readonly waker: Waker;
  #heap: SharedHeap | null = null;
  readonly #seed: ProgramSeed;

  /** @param seed Where everything is. */
  constructor(seed: ProgramSeed) {
    this.method = seed.method;
    this.memory = openMemory(seed);
    this.parties = new PartyTable(this.memory.open(seed.table));
    this.self = seed.self;
    this.creator = seed.creator;
    this.#seed = seed;
    prepareFreshBytes((bytes) => runtime.memory.prepare(bytes));
    if (this.method === "thread") this.parties.setThread(this.self, runtime.system.thread());
    this.waker = new Waker(
      this.parties,
      this.self,
      seed.cores,
      (onRing) => this.#createBell(onRing),
    );
  }

  /** Where the memory of shared objects comes from. */
  get heap(): SharedHeap {
    return this.#heap ??= this.#createHeap();
  }

  /** The process id of the program's first process. */
  get mainPid(): number {
    return this.parties.mainPid;
  }

  /** Asks the system whether a party lives, where nobody may have noticed its end. No thread outlives its creator. */
  isAlive(party: number): boolean {
    if (this.parties.isDead(party)) return false;
    if (this.method === "thread") {
      if (runtime.system.hasThreadEnded(this.parties.thread(party))) return false;
      const creator = this.parties.creator(party);
      return creator === 0 || this.isAlive(creator);
    }
    const pid = this.parties.pid(party);
    if (pid !== 0) return runtime.system.isAlive(pid, this.parties.started(party));
    // Its creator notes it as soon as there is a process.
    const creator = this.parties.creator(party);
    return creator === 0 || this.isAlive(creator);
  }

  /**
   * Claims a place for a child of this party. Where there is none, those of orphans are looked at, whose end nobody has noticed.
   *
   * @param daemon Whether the child ends with this party.
   * @returns The child's id.
   * @throws {NotSupportedError} when there are too many parties at once.
   */
  claim(daemon: boolean): number {
    const lasting = !daemon && this.method === "process";
    try {
      return this.parties.claim(this.self, lasting);
    } catch (error) {
      if (!this.#buryOrphans()) throw error;
      return this.parties.claim(this.self, lasting);
    }
  }

  /** Says which process this child is. */
  settleIn(): void {
    const { parties, self } = this;
    if (this.method === "thread") return parties.setProcess(self, runtime.pid, 0);
    parties.setProcess(self, runtime.pid, runtime.system.startedAt(runtime.pid));
    if (parties.isLasting(self)) joinNames(parties, runtime.pid);
  }

  /**
   * Says that this process ends, and sees to what the last one of a program has to remove. It first says so and then looks
   * who else is there: of two that end at the same time, one at least sees that it is the last.
   */
  leave(): void {
    const { parties } = this;
    parties.lastNoMore(this.self);
    if (parties.namesKey === 0) return;
    for (const other of parties.lasting()) {
      if (this.isAlive(other)) return leaveNames(parties, runtime.pid);
    }
    removeNames(parties);
  }

  /** Asks the system whether a party is still there, and notes when it is not; 0: nobody. */
  readonly probe = (party: number): void => {
    if (party === 0 || party === this.self || this.isAlive(party)) return;
    this.parties.markDead(party);
  };

  /**
   * Says that a party has ended: its slot is free, and whoever waits looks whether it waited for that party.
   *
   * @param party The party, a child of this one.
   */
  bury(party: number): void {
    this.#release(party);
    this.#buryOrphans();
    this.tellAll();
  }

  /** Removes what a process of this program may have left that was killed: the folders of its listeners. */
  sweep(): void {
    if (this.method === "process") sweepQuietly();
  }

  /** Frees the slot of a party that has ended, after what it had: the next one there must find none of that. */
  #release(party: number): void {
    this.parties.markDead(party);
    // Among processes there is nothing to do where this one has never had any.
    if (this.method === "thread" || this.#heap !== null) this.heap.bury(party);
    this.parties.release(party);
  }

  #createHeap(): SharedHeap {
    const { memory, parties, probe } = this;
    if (!(memory instanceof ArenaMemory)) return new MappedHeap(this.#seed.folder);
    const isDead = (party: number): boolean => parties.isDead(party);
    return new ArenaHeap(memory, this.self, { isDead, probe, slotOf, slots: SLOTS });
  }

  /** Frees the slots of parties that have ended after their creators. Returns whether there was any. */
  #buryOrphans(): boolean {
    let found = false;
    // Each that is freed may have been the creator of others.
    for (let again = true; again;) {
      again = false;
      for (const orphan of this.parties.orphans()) {
        if (this.isAlive(orphan)) continue;
        this.#release(orphan);
        found = again = true;
      }
    }
    return found;
  }

  /**
   * Says that a party could not be stopped: who waits for something of it is told that it has ended, and its slot stays its own.
   *
   * @param party The party, a child of this one.
   */
  abandon(party: number): void {
    this.parties.markAbandoned(party);
    this.tellAll();
  }

  #createBell(onRing: () => void): Bell {
    const { parties, self } = this;
    if (this.method === "thread") return new FutexBell(parties, self, onRing);
    return new SocketBell(runtime.bells, self, {
      nameOf: (party) =>
        `${this.#seed.sockets}${party.toString(36)}-${parties.secret(party).toString(36)}`,
      isAlive: (party) => {
        this.probe(party);
        return !parties.isDead(party);
      },
      isRung: (party) => parties.isRung(party),
    }, onRing);
  }

  /** Has every party look, where nobody knows who waits for what has changed. */
  tellAll(): void {
    for (const other of this.parties) this.waker.alarm(other);
    this.waker.expect();
  }

  /**
   * What a child needs to join.
   *
   * @param child The child's id, claimed from the table.
   * @returns The seed.
   */
  seedFor(child: number): ProgramSeed {
    return { ...this.#seed, self: child, creator: this.self };
  }
}

const programs = new Map<StartMethod, Program>();

/**
 * The program of a start method; the first call in a program creates it.
 *
 * @param method The start method.
 * @returns The program.
 * @throws {NotSupportedError} when shared memory cannot be had; says the remedy.
 */
export function programOf(method: StartMethod): Program {
  let program = programs.get(method);
  if (program === undefined) {
    sweepOnce();
    program = new Program(method === "thread" ? plantThreads() : plantProcesses());
    followEnd(program);
    programs.set(method, program);
  }
  return program;
}

/**
 * Joins the program of this child's creator.
 *
 * @param seed What the creator gave.
 * @returns The program.
 */
export function joinProgram(seed: ProgramSeed): Program {
  const program = new Program(seed);
  programs.set(seed.method, program);
  if (seed.method === "process") followEnd(program);
  return program;
}

function followEnd(program: Program): void {
  runtime.lifecycle.onExit(() => program.leave());
}
