/**
 * What is known about the process or thread that this code runs in.
 *
 * @module
 */

import type { StartMethod } from "../runtime/types.ts";
import { ProcessError } from "../errors.ts";
import { isFreezable } from "./compiled_program.ts";
import { bundledChild } from "../runtime/bundled_child.ts";
import { importMarked } from "./code_origin.ts";

/** A child's place in its program, as its creator says. */
export interface Self {
  readonly name: string;
  readonly daemon: boolean;
  /** Whether it is a worker of a pool. */
  readonly poolWorker: boolean;
  /** The numbers of the children on the way from the main program to here: `[1, 2]` is the second child of the first. */
  readonly path: readonly number[];
  readonly method: StartMethod;
  readonly creatorName: string;
  readonly creatorPid: number;
  /** The program's main module. */
  readonly mainModule: string | null;
  /** The arguments behind it. */
  readonly args: readonly string[];
  readonly origin: Origin;
  /** What it tells of itself. */
  readonly log: { readonly level: number; readonly toStderr: boolean } | null;
}

/** Where a child was started. */
export interface Origin {
  /** The place in the user's code, as a line of a stack. */
  readonly site: string | null;
  /** Whether it is not known if the code that did so was its process's work. */
  readonly isDoubtful: boolean;
}

/** Other copies of this library in the same program (a bundled one, say) must know that they run in a child, too. */
const KEY = Symbol.for("allcores.multiprocessing.self");

const shared = globalThis as { [KEY]?: Self };

/** This child; `null` in the main program. */
export function self(): Self | null {
  return shared[KEY] ?? null;
}

/** Says that this is a child. */
export function becomeChild(child: Self): void {
  shared[KEY] = child;
}

let ownName: string | null = null;

/** The name of this process or thread. */
export function processName(): string {
  return ownName ?? self()?.name ?? "MainProcess";
}

/** Gives this process or thread another name. */
export function renameProcess(name: string): void {
  ownName = name;
}

let creator: Promise<void> = new Promise(() => {});

/** Says when the creator of this child has ended. */
export function followCreator(ended: Promise<void>): void {
  creator = ended;
}

/** Resolves when the creator of this child has ended. */
export function creatorEnded(): Promise<void> {
  return creator;
}

/** There the main module waits in `freezeSupport()` for the child's end: nobody can import it. */
const inMainModule =
  "The main module of a program that is compiled to one executable cannot be imported by a child: " +
  "call register(import.meta.url, { … }) with its functions and classes above freezeSupport()";

/** How many of the user's modules are being imported on behalf of the creator at this moment. */
let imports = 0;

/**
 * Imports a module of the user's in a child. Whatever starts processes meanwhile lacks a main guard.
 *
 * @param url The module.
 * @returns Its exports.
 */
export async function importUserModule(url: string): Promise<Record<string, unknown>> {
  if (isFreezable() && url === self()?.mainModule) throw new ProcessError(inMainModule);
  imports++;
  try {
    // A daemon starts nothing anyhow.
    return await (self()?.daemon
      ? import(/* @vite-ignore */ /* webpackIgnore: true */ url)
      : importMarked(url));
  } finally {
    imports--;
  }
}

/** Whether a module of the user's is being imported in this child. */
export function isImporting(): boolean {
  return imports > 0 || bundledChild()?.isLoading === true;
}
