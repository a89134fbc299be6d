/**
 * The rooms of the sources, from the lowest to the highest, and what each may import: the one table of it. A room is a folder or
 * a file directly below `src`; where a folder's own folders are rooms, too, they are named with it.
 *
 * `check_rooms.ts` compares the table with the real imports, in both directions; `draw_rooms.ts` draws it.
 */

import { typescriptFiles } from "./files.ts";
import { importsOf, parse, resolveRelative } from "./source.ts";

/** A room. */
export interface Room {
  /** Its path below `src`, without an extension. */
  readonly name: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** The rooms whose files it imports. */
  readonly imports: readonly string[];
}

const table: readonly (readonly [name: string, purpose: string, imports: string])[] = [
  ["errors", "every error class", ""],
  ["event_loop", "what keeps a loop alive, and lets it turn", ""],
  ["support", "checks of arguments, waits with a limit, standing still", "errors"],
  ["codec", "values to bytes and back", "errors support"],
  ["runtime", "the seam to Deno, Bun and Node, and its adapters", "errors event_loop support"],
  ["files", "files in places that others can write to", "errors support runtime"],
  ["sync", "algorithms over shared words: ring, latch, semaphore, queue", "errors runtime support"],
  ["identity", "who this process or thread is", "errors runtime support sync"],
  ["log", "the logger", "runtime support identity"],
  [
    "progress",
    "how far something is: progress(), and bars in the terminal",
    "event_loop support runtime identity",
  ],
  [
    "callable",
    "functions and classes on their way to another process",
    "errors codec runtime support files",
  ],
  [
    "memory",
    "blocks of shared memory, and pieces that are counted",
    "errors support runtime files sync",
  ],
  ["start_method", "which start method is used", "errors runtime support identity"],
  [
    "parties",
    "who takes part in a program, and how they wake each other",
    "errors event_loop runtime support files sync memory start_method",
  ],
  [
    "messages",
    "values in shared memory on their way, with handles",
    "errors codec runtime support files sync identity memory parties",
  ],
  ["pool/protocol", "what a pool and its workers say to each other", "sync messages"],
  [
    "pool/jobs",
    "what a caller asks for, and the tasks it is sent in",
    "errors support callable messages pool/protocol",
  ],
  [
    "connection",
    "pipes, and connections by sockets",
    "errors event_loop codec runtime support files sync start_method parties messages",
  ],
  [
    "manager/wire",
    "what a manager's server and its clients say, and the client's end",
    "errors codec runtime support parties messages connection",
  ],
  [
    "process",
    "starting children, and their lives",
    "errors event_loop runtime support sync identity log callable start_method parties messages",
  ],
  [
    "locks",
    "Lock to Barrier",
    "errors event_loop runtime support sync identity callable start_method parties messages process",
  ],
  [
    "shared",
    "values, arrays and named memory",
    "errors runtime support memory start_method parties messages locks",
  ],
  [
    "manager/served",
    "the types that live in a server",
    "errors codec support sync manager/wire shared",
  ],
  [
    "manager/server",
    "the server's end",
    "errors support parties messages connection manager/wire manager/served",
  ],
  [
    "queue",
    "queues",
    "errors event_loop codec runtime support sync start_method parties messages",
  ],
  ["manager/proxies", "a proxy for each served type", "support manager/wire queue"],
  [
    "wait",
    "wait() for several objects",
    "errors event_loop support parties connection process queue",
  ],
  [
    "pool/schedule",
    "which worker gets which task, and the workers' lives",
    "errors event_loop runtime support sync identity log callable parties messages pool/protocol pool/jobs process",
  ],
  [
    "pool/calls",
    "what the calls of a pool give: results, iterators, progress",
    "errors codec support sync progress callable messages pool/jobs pool/schedule",
  ],
  [
    "pool/worker",
    "a worker's own side",
    "errors codec runtime support sync identity callable parties messages pool/protocol pool/jobs process pool/schedule",
  ],
  [
    "pool/trace",
    "what workers did when, as a trace of Chrome's format",
    "errors event_loop runtime support identity pool/protocol process pool/schedule",
  ],
  [
    "pool",
    "the class Pool",
    "errors event_loop codec runtime support sync identity callable start_method parties messages pool/jobs process pool/schedule pool/calls pool/trace",
  ],
  [
    "manager/pool",
    "pools that live in a server, both ends",
    "errors support identity callable start_method messages pool/jobs manager/wire process manager/served manager/proxies pool/schedule pool/calls pool",
  ],
  [
    "manager",
    "the managers' classes",
    "errors codec runtime support identity callable start_method parties messages connection manager/wire process locks shared manager/served manager/server manager/proxies pool/schedule manager/pool",
  ],
  [
    "entry",
    "where a child begins",
    "errors event_loop runtime sync identity parties messages connection process locks shared queue pool/worker manager",
  ],
  [
    "context",
    "all names, bound to a start method",
    "errors codec runtime support log progress callable start_method connection manager/wire process locks shared queue manager/proxies wait pool/worker pool manager/pool manager entry",
  ],
  [
    "doctor",
    "what works here, and what to do where something does not",
    "errors runtime support files start_method process context",
  ],
  [
    "dashboard",
    "a page that shows what a program does",
    "errors event_loop runtime support connection queue pool/schedule pool manager",
  ],
  ["cli", "the command allcores", "runtime identity doctor"],
  [
    "mod",
    "what is public",
    "errors codec runtime support log progress callable start_method pool/jobs connection manager/wire process locks shared manager/server queue manager/proxies wait pool/schedule pool/calls pool/worker pool/trace pool manager/pool manager entry context",
  ],
];

/** All rooms, the lowest first. */
export const rooms: readonly Room[] = table.map(([name, purpose, imports]) => ({
  name,
  purpose,
  imports: imports === "" ? [] : imports.split(" "),
}));

/** The name of the room that a file stands in; `undefined` where there is none. */
export function roomOf(path: string): string | undefined {
  const place = path.replace(/^src\//, "").replace(/\.ts$/, "");
  const found = rooms.filter(({ name }) => place === name || place.startsWith(`${name}/`));
  // The innermost.
  return found.sort((a, b) => b.name.length - a.name.length)[0]?.name;
}

/**
 * The one import from below: a bundle is its own child, so what starts children takes along what a child runs. Nothing is imported
 * unless this is such a child; see `src/process/join_creator.ts`.
 */
const WAY_UP = ["src/process/join_creator.ts", "src/entry/bundled_main.ts"];

/** The files that each file of the sources imports, also for types only. */
export function importGraph(): Map<string, string[]> {
  return new Map(
    typescriptFiles("mod.ts", "src").map((file) => {
      const targets = importsOf(parse(file)).map((specifier) => resolveRelative(file, specifier));
      const down = targets.filter((target) => file !== WAY_UP[0] || target !== WAY_UP[1]);
      return [file, down.filter((target) => target !== undefined)];
    }),
  );
}

/** Which rooms the files of each room import, in the order of the table. */
export function importsOfRooms(
  graph: ReadonlyMap<string, string[]> = importGraph(),
): Map<string, string[]> {
  const found = new Map<string, Set<string>>(rooms.map(({ name }) => [name, new Set()]));
  for (const [file, targets] of graph) {
    const room = roomOf(file);
    const others = targets.map(roomOf).filter((other) => other !== undefined && other !== room);
    others.forEach((other) => found.get(room!)?.add(other!));
  }
  const names = rooms.map(({ name }) => name);
  return new Map(names.map((room) => [room, names.filter((name) => found.get(room)!.has(name))]));
}
