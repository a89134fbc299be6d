/**
 * Writes a trace into a file, so that nobody sees half of one.
 *
 * @module
 */

import { MultiprocessingError } from "../../errors.ts";
import { runtime } from "../../runtime/current.ts";
import type { TraceDocument } from "./trace_event.ts";

/** How many events are made to text at once: the text of all may be longer than texts can be. */
const PORTION = 10_000;

/** Tells the files apart that this process writes at the same time. */
let written = 0;

/**
 * Writes a document: into a new file beside its place, which is then given its name.
 *
 * @param document The document.
 * @param path Where it is to stand.
 * @throws {MultiprocessingError} when it cannot be written.
 */
export async function writeTrace(document: TraceDocument, path: string | URL): Promise<void> {
  const { appendFile, rename, rm, writeFile } = await import("node:fs/promises");
  const { fileURLToPath } = await import("node:url");
  const place = typeof path === "string" ? path : fileURLToPath(path);
  const unfinished = `${place}.${runtime.pid}.${++written}.tmp`;
  try {
    await writeFile(unfinished, "", { flag: "wx" });
    for (const part of partsOf(document)) await appendFile(unfinished, part);
    await rename(unfinished, place);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    const { message, code } = error as Error & { code?: string };
    const text = `Cannot write a trace to ${place}: ${message}`;
    throw Object.assign(new MultiprocessingError(text, { cause: error }), { code });
  }
}

/** The document as JSON, an event a line. */
function* partsOf({ traceEvents, ...rest }: TraceDocument): Generator<string> {
  yield '{"traceEvents":[\n';
  for (let i = 0; i < traceEvents.length; i += PORTION) {
    const lines = traceEvents.slice(i, i + PORTION).map((event) => JSON.stringify(event));
    yield `${i === 0 ? "" : ",\n"}${lines.join(",\n")}`;
  }
  yield `\n],${JSON.stringify(rest).slice(1)}\n`;
}
