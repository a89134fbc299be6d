/**
 * What else a program writes to its terminal while lines are shown there: the methods of the console, and the streams.
 *
 * They are wrapped as long as something is shown, and put back then, unless somebody else has wrapped them meanwhile: then the wrapper
 * stays, and passes on.
 *
 * @module
 */

/** Who has to give way. */
export interface Host {
  /** Something is about to be written. */
  before(): void;
  /**
   * It was written.
   *
   * @param endsLine Whether it ends with its line; otherwise more is to come on it.
   */
  after(endsLine: boolean): void;
}

type Methods = Record<string, unknown>;
type Method = (...args: unknown[]) => unknown;

/** The methods of the console that write. */
const WRITING = [
  "assert",
  "count",
  "debug",
  "dir",
  "dirxml",
  "error",
  "group",
  "groupCollapsed",
  "info",
  "log",
  "table",
  "timeEnd",
  "timeLog",
  "trace",
  "warn",
];
/** The end of a line, and colours that are put back behind it. */
const LINE_END = /\n(?:\p{Cc}\[[\d;]*m)*$/u;

/**
 * Lets a host give way to whatever writes by a console or by streams.
 *
 * @param console The console.
 * @param streams Those of the streams that are the terminal.
 * @param host Who gives way.
 * @returns Puts everything back.
 */
export function giveWay(console: object, streams: readonly object[], host: Host): () => void {
  let isOn = true;
  let depth = 0;
  const wrap = (owner: object, name: string, endsLine: (args: unknown[]) => boolean) =>
    replace(owner as Methods, name, (original) =>
      function (this: unknown, ...args: unknown[]) {
        // A console may write by a stream.
        if (!isOn || depth > 0) return original.apply(this, args);
        depth++;
        host.before();
        try {
          return original.apply(this, args);
        } finally {
          depth--;
          host.after(endsLine(args));
        }
      });
  const undo = [
    ...WRITING.map((name) => wrap(console, name, () => true)),
    ...streams.map((stream) => wrap(stream, "write", ([chunk]) => endsLine(chunk))),
  ];
  return () => {
    isOn = false;
    for (const putBack of undo) putBack();
  };
}

/** Whether what was written ends with its line. */
export function endsLine(chunk: unknown): boolean {
  if (typeof chunk === "string") return chunk === "" || LINE_END.test(chunk);
  if (!(chunk instanceof Uint8Array)) return true;
  return chunk.length === 0 || LINE_END.test(new TextDecoder().decode(chunk.subarray(-64)));
}

/** Puts another method in the place of one. Returns what puts it back. */
function replace(owner: Methods, name: string, make: (original: Method) => Method): () => void {
  const original = owner[name];
  if (typeof original !== "function") return () => {};
  const isOwn = Object.hasOwn(owner, name);
  const replaced = make(original as Method);
  owner[name] = replaced;
  return () => {
    if (owner[name] !== replaced) return;
    if (isOwn) owner[name] = original;
    else delete owner[name];
  };
}
