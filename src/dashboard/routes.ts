/**
 * Which request gets which answer. Whoever has not got the token learns nothing, not even what is served here.
 *
 * @module
 */

import type { Socket } from "node:net";
import { control } from "./control.ts";
import type { Recorder } from "./data/recorder.ts";
import { isOwnHost, isOwnPage, isToken } from "./http/access.ts";
import type { Request } from "./http/request.ts";
import type { Response } from "./http/response.ts";
import { PAGE, SCRIPT, STYLE } from "./page_files.ts";
import type { Updates } from "./updates.ts";

/** What requests are answered from. */
export interface RouteParts {
  readonly host: string;
  readonly token: string;
  readonly mayControl: boolean;
  readonly recorder: Recorder;
  readonly updates: Updates;
}

/** The page's parts by their paths behind the token. */
const FILES: Readonly<Record<string, Response>> = {
  "": { status: 200, type: "text/html; charset=utf-8", body: PAGE },
  "style.css": { status: 200, type: "text/css; charset=utf-8", body: STYLE },
  "script.js": { status: 200, type: "text/javascript; charset=utf-8", body: SCRIPT },
};

/**
 * Answers a request.
 *
 * @param parts What it is answered from.
 * @param request The request.
 * @param socket Its connection.
 * @returns The answer; `null` where the connection has become a stream of events.
 */
export function answer(parts: RouteParts, request: Request, socket: Socket): Response | null {
  const { method, path, headers } = request;
  if (!isOwnHost(headers.get("host"), parts.host)) return { status: 403 };
  const [, token, ...rest] = path.split("/");
  if (rest.length === 0 || !isToken(token, parts.token)) return { status: 404 };
  const name = rest.join("/");
  if (name === "control" && parts.mayControl) return answerControl(parts, request);
  const isEvents = name === "events";
  if (!isEvents && !Object.hasOwn(FILES, name)) return { status: 404 };
  if (method !== "GET" && (method !== "HEAD" || isEvents)) {
    return { status: 405, allow: isEvents ? "GET" : "GET, HEAD" };
  }
  if (!isEvents) return FILES[name];
  if (!parts.updates.hasRoom) return { status: 503 };
  parts.updates.add(socket);
  return null;
}

function answerControl({ recorder }: RouteParts, { method, headers, body }: Request): Response {
  if (method !== "POST") return { status: 405, allow: "POST" };
  if (!isOwnPage(headers)) return { status: 403 };
  // A page from elsewhere cannot send this type without asking first, which is refused.
  if (headers.get("content-type") !== "application/json") return { status: 415 };
  return control(recorder, body);
}
