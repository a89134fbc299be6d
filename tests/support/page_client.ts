/**
 * A client of a dashboard that says exactly what a test wants, also what no browser would say.
 *
 * @module
 */

import { connect, type Socket } from "node:net";
import type { ErrorView, Update } from "../../src/dashboard/data/views.ts";

/** An answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a request has otherwise than most. */
export interface AskOptions {
  method?: string;
  /** Headers; `null` for none of that name. */
  headers?: Record<string, string | null>;
  body?: string;
}

/**
 * Sends any bytes, and reads until the other side ends the connection.
 *
 * @param port Where to.
 * @param text What to send.
 * @returns All that came; nothing where the connection was ended without an answer.
 */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (piece) => answer += piece);
    socket.once("close", () => resolve(answer));
    socket.once("error", (error: Error & { code?: string }) =>
      // What was sent behind a refusal makes some systems say so.
      error.code === "ECONNRESET" ? resolve(answer) : reject(error));
  });
}

/**
 * Asks for something.
 *
 * @param url The address.
 * @param options What is special about the request.
 */
export async function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { port, host, pathname } = new URL(url);
  const { method = "GET", body = "" } = options;
  const headers = { Host: host, "Content-Length": String(body.length), ...options.headers };
  const lines = Object.entries(headers).filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const text = await sendRaw(
    Number(port),
    `${method} ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n${body}`,
  );
  return parse(text);
}

function parse(text: string): Answer {
  const [head, ...rest] = text.split("\r\n\r\n");
  const [first, ...lines] = head.split("\r\n");
  const pairs = lines.map((line) => /^(.*?): (.*)$/.exec(line)!.slice(1));
  return {
    status: Number(first.split(" ")[1] ?? 0),
    headers: Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value])),
    body: rest.join("\r\n\r\n"),
  };
}

/** A page that listens. */
export class Listening {
  /** What was told last. */
  latest: Update | null = null;
  /** The errors that were told, in their order. */
  readonly errors: ErrorView[] = [];
  /** Whether the other side has ended the connection. */
  hasEnded = false;
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #text = "";

  /** @param url The address of the dashboard. */
  constructor(url: string) {
    const { port, host, pathname } = new URL(url);
    this.#socket = connect(
      Number(port),
      "127.0.0.1",
      () => this.#socket.write(`GET ${pathname}events HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    );
    this.#socket.setEncoding("utf8").on("data", (piece: string) => this.#take(piece));
    this.#socket.on("error", () => {});
    this.#socket.once("close", () => {
      this.hasEnded = true;
      this.#tell();
    });
  }

  /** Resolves to the first of what is told from now on, or was told last, that is as it should be. */
  async until(isRight: (update: Update) => boolean): Promise<Update> {
    while (this.latest === null || !isRight(this.latest)) {
      if (this.hasEnded) throw new Error(`It has ended with ${JSON.stringify(this.latest)}`);
      await this.changed();
    }
    return this.latest;
  }

  /** Resolves when the other side has ended the connection. */
  async ended(): Promise<void> {
    while (!this.hasEnded) await this.changed();
  }

  /** Resolves when something is told, or the connection has ended. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Listens no more. */
  close(): void {
    this.#socket.destroy();
  }

  #take(piece: string): void {
    this.#text += piece;
    const events = this.#text.split("\n\n");
    this.#text = events.pop()!;
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      this.latest = JSON.parse(data) as Update;
      this.errors.push(...this.latest.errors);
    }
    this.#tell();
  }

  #tell(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
