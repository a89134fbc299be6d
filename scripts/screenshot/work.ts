/**
 * What the program on the screenshot of the dashboard does: nothing of use, but as busy as a program that is.
 *
 * @module
 */

import { setTimeout as sleep } from "node:timers/promises";
import { exit } from "../../mod.ts";

/** Takes most of a second. */
export async function renderPage(number: number): Promise<number> {
  await sleep(20 + number % 7 * 15);
  return number;
}

/** Is done at once, or fails. */
export function parseRecord(line: string): number {
  const value = JSON.parse(line);
  if (value.price < 0) throw new RangeError(`A price cannot be negative: ${value.price}`);
  return value.price;
}

/** Takes its time. */
export async function importCatalog(shop: string, options: { pages: number }): Promise<string> {
  await sleep(options.pages * 100);
  return shop;
}

/** Ends with its worker. */
export function readBrokenFile(path: string): string {
  console.error(`Cannot map ${path}`);
  return exit(7);
}
