/**
 * How a program begins, and what a child needs to join it.
 *
 * @module
 */

import { createProgramFolder } from "../files/program_folder.ts";
import { ArenaMemory, createArena } from "../memory/arena_memory.ts";
import { MappedMemory } from "../memory/mapped_memory.ts";
import { runtime } from "../runtime/current.ts";
import type { StartMethod } from "../runtime/types.ts";
import type { BlockRef, Memory } from "../sync/block.ts";
import { PARTY_TABLE_BYTES, PartyTable } from "./party_table.ts";

/** What a child needs to join its creator's program: JSON for a process, a message for a thread. */
export interface ProgramSeed {
  readonly method: StartMethod;
  /** What the names of the program's sockets begin with. */
  readonly sockets: string;
  /** The folder for blocks that need a name; `null` where they do not. */
  readonly folder: string | null;
  /** The buffer that threads share. */
  readonly arena?: SharedArrayBuffer;
  /** The block of the party table. */
  readonly table: BlockRef;
  readonly cores: number;
  /** The party that joins. */
  readonly self: number;
  /** The party that created it. */
  readonly creator: number;
}

/** A new program of threads, with its first party. */
export function plantThreads(): ProgramSeed {
  const arena = createArena();
  return plant("thread", new ArenaMemory(arena), { sockets: "", folder: null, arena });
}

/**
 * A new program of processes, with its first party.
 *
 * @throws {NotSupportedError} when shared memory cannot be had; says the remedy.
 */
export function plantProcesses(): ProgramSeed {
  const { abstractNames } = runtime.bells;
  const { nameless } = runtime.memory;
  const runFolder = abstractNames && nameless ? null : createProgramFolder();
  const sockets = abstractNames ? `\0allcores-${crypto.randomUUID()}-` : `${runFolder}/`;
  const folder = nameless ? null : runFolder;
  return plant("process", new MappedMemory(runtime.memory, folder), { sockets, folder });
}

function plant(
  method: StartMethod,
  memory: Memory,
  places: Pick<ProgramSeed, "sockets" | "folder" | "arena">,
): ProgramSeed {
  const table = memory.allocate(PARTY_TABLE_BYTES);
  const parties = new PartyTable(table);
  const self = parties.claim(0, true);
  parties.setProcess(
    self,
    runtime.pid,
    method === "process" ? runtime.system.startedAt(runtime.pid) : 0,
  );
  return {
    method,
    ...places,
    table: table.ref,
    cores: runtime.system.cpuCount(),
    self,
    creator: self,
  };
}

/** The memory of a program. */
export function openMemory(seed: ProgramSeed): Memory {
  return seed.arena === undefined
    ? new MappedMemory(runtime.memory, seed.folder)
    : new ArenaMemory(seed.arena);
}
