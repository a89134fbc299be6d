/**
 * Checks that the tests stand where a reader looks for them: a folder of `tests` is a room of the sources, unless it is one of
 * those below; a unit test imports something of its own room, itself or by what stands in `support` and `fixtures`; and no test
 * file is so long that it is about several behaviours.
 *
 * @module
 */

import { readdirSync } from "node:fs";
import { readText, typescriptFiles } from "./support/files.ts";
import { inRoot } from "./support/paths.ts";
import { report } from "./support/report.ts";
import { rooms } from "./support/rooms.ts";
import { importsOf, parse, resolveRelative } from "./support/source.ts";

const longestFile = 1000;

/** What serves tests (`support` also has the tests of that room), or is about texts, whole programs, what they are short of, and scripts. */
const others = [
  "fixtures",
  "support",
  "documents",
  "examples",
  "program",
  "scarcity",
  "scripts",
  "types",
];

/** What a test's imports are followed through. */
const shared = /^tests\/(fixtures|support)\//;

const topRooms = new Set(rooms.map(({ name }) => name.split("/")[0]));
const files = typescriptFiles("tests");
const tests = files.filter((file) => file.endsWith("_test.ts"));
report([
  ...readdirSync(inRoot("tests")).flatMap(strangeFolder),
  ...tests.flatMap(tooLong),
  ...tests.filter((file) => file.endsWith("_unit_test.ts")).flatMap(wrongRoom),
]);

function strangeFolder(name: string): string[] {
  if (topRooms.has(name) || others.includes(name)) return [];
  return [`tests/${name}: is no room of scripts/support/rooms.ts`];
}

function tooLong(file: string): string[] {
  const lines = readText(file).trimEnd().split("\n").length;
  if (lines <= longestFile) return [];
  return [`${file}: ${lines} lines, more than ${longestFile}: split it by behaviour`];
}

function wrongRoom(file: string): string[] {
  const room = file.split("/")[1];
  if (!topRooms.has(room)) return [];
  const inRoom = new RegExp(`^src/${room}(/|\\.ts$)`);
  if (reached(file).some((target) => inRoom.test(target))) return [];
  return [`${file}: imports nothing of src/${room}, so it stands in the wrong folder`];
}

/** What a test imports, itself and by the files that tests share. */
function reached(file: string, seen: Set<string> = new Set()): string[] {
  for (const specifier of importsOf(parse(file))) {
    const target = resolveRelative(file, specifier);
    if (target === undefined || seen.has(target)) continue;
    seen.add(target);
    if (shared.test(target) && files.includes(target)) reached(target, seen);
  }
  return [...seen];
}
