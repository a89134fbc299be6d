/** Checks of options: a table says what each has to be. */

import { assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import {
  checkApplyOptions,
  checkImapOptions,
  checkMapOptions,
} from "../../src/pool/calls/call_options.ts";
import { checkRetries } from "../../src/pool/jobs/retry.ts";
import { takePoolOptions } from "../../src/pool/schedule/pool_options.ts";
import { checkProcessOptions } from "../../src/process/options.ts";
import { between, checkString, checkTable, countFrom } from "../../src/support/option_checks.ts";

interface Options {
  title?: string;
  count?: number;
  share?: number;
}
const TABLE = { title: checkString, count: countFrom(1), share: between(0, 1) };

function messageOf(check: () => unknown): string {
  const { name, message } = assertThrows(check, Error);
  return `${name}: ${message}`;
}

function check(options: unknown): void {
  checkTable("A thing", options as Options, TABLE, "{ count: 1 }");
}

test("checkTable() takes what is right, what is undefined, and nothing at all", () => {
  for (const options of [undefined, {}, { title: undefined }, { title: "a", count: 1, share: 0 }]) {
    check(options);
  }
});

test("checkTable() refuses what is no object, what is no option, and what is wrong", () => {
  const wrong: [unknown, string][] = [
    [null, "TypeError: A thing takes options like { count: 1 }, got null"],
    [[], "TypeError: A thing takes options like { count: 1 }, got an object of class Array"],
    [{ size: 1 }, 'TypeError: A thing has no option "size"; there are: title, count, share'],
    [{ title: null }, 'TypeError: "title" must be a string, got null'],
    [{ count: 0 }, 'RangeError: "count" must be a whole number of at least 1, got 0'],
    [{ share: 2 }, 'RangeError: "share" must be from 0 to 1, got 2'],
    [{ share: "1" }, 'TypeError: "share" must be a number, got "1"'],
  ];
  for (const [options, message] of wrong) assertEquals(messageOf(() => check(options)), message);
});

test("checkTable() tells of the first fault in the order of the table", () => {
  const message = 'TypeError: "title" must be a string, got 1';
  assertEquals(messageOf(() => check({ count: 0, title: 1 })), message);
});

test("processes, pools and calls say the same of the same fault", () => {
  const asProcess = (options: object) => () => checkProcessOptions(options, "thread");
  const asPool = (options: object) => () => takePoolOptions(options);
  const asCall = (options: object) => () => checkApplyOptions(options);
  const asMap = (options: object) => () => checkMapOptions(options);
  const asStream = (options: object) => () => checkImapOptions(options);
  const same: [((options: object) => () => void)[], object, string][] = [
    [[asProcess, asPool], { name: 1 }, '"name" must be a string, got 1'],
    [[asProcess, asPool], { daemon: 1 }, '"daemon" must be true or false, got 1'],
    [[asMap, asStream], { failFast: 1 }, '"failFast" must be true or false, got 1'],
    [
      [asProcess, asCall],
      { kwargs: [] },
      '"kwargs" must be an object, got an object of class Array',
    ],
    [
      [asPool, asCall, asMap],
      { retries: "1" },
      '"retries" must be a number or { attempts: 3 }, got "1"',
    ],
  ];
  for (const [ways, options, message] of same) {
    for (const way of ways) assertEquals(messageOf(way(options)), `TypeError: ${message}`);
  }
});

test("checkRetries() names what is wrong within a policy", () => {
  const wrong: [unknown, string][] = [
    [{}, 'TypeError: "retries.attempts" must be a number, got undefined'],
    [{ attempts: 2, on: 1 }, 'TypeError: "retries.on" must be a function, got 1'],
    [{ attempts: 2, jitter: 2 }, 'RangeError: "retries.jitter" must be from 0 to 1, got 2'],
    [-1, 'RangeError: "retries" must be a whole number of at least 0, got -1'],
  ];
  for (const [retries, message] of wrong) {
    assertEquals(messageOf(() => checkRetries("retries", retries)), message);
  }
});
