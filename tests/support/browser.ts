/**
 * A real browser for tests: the system's Chromium, driven from Node.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { chromiumFlags, chromiumPath } from "../../scripts/support/chromium.ts";
import { executable, type RuntimeName } from "../../scripts/support/runtimes.ts";
import { commandOn, type Program, startCommand } from "./programs.ts";

const path = chromiumPath();

/** Milliseconds after which a program is killed. */
const LIMIT = 60_000;

/** Why there is no browser here; `false` where there is one. */
export const skipBrowser: string | false = whyNot();

function whyNot(): string | false {
  const { deno, bun } = process.versions as Record<string, string | undefined>;
  if (deno !== undefined || bun !== undefined) return "the browser is driven from Node";
  return path === null ? "there is no Chromium: apt-get install chromium" : false;
}

/** Starts the browser. */
export async function openBrowser(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ executablePath: path ?? undefined, args: [...chromiumFlags] });
}

/**
 * Starts a program of `tests/fixtures/programs` on any of the runtimes.
 *
 * @param name The runtime.
 * @param file The program.
 * @param args Its arguments.
 */
export function startOn(name: RuntimeName, file: string, ...args: string[]): Program {
  const path = fileURLToPath(new URL(`../fixtures/programs/${file}`, import.meta.url));
  return startCommand([...commandOn(name, executable(name), path), ...args], {}, null, LIMIT);
}
