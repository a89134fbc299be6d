/**
 * What a browser asks for: the head of a request of HTTP/1.1, and a short body.
 *
 * A connection serves one request, so nothing can hide behind it. Whatever is not plain is refused: a page of this library needs
 * no more.
 *
 * @module
 */

/** How long a head and a body may be, in bytes. */
export const MOST_HEAD = 8_192;
export const MOST_BODY = 1_024;

/** A request whose head is complete. */
export interface RequestHead {
  readonly method: string;
  /** The path, without what stands behind a question mark. */
  readonly path: string;
  /** The headers by their names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** How many bytes of body follow. */
  readonly bodySize: number;
}

/** A request. */
export interface Request extends RequestHead {
  readonly body: string;
}

/** What is wrong with a request, as a status of HTTP. */
export type Refusal = 400 | 413 | 431 | 505;

const END_OF_HEAD = [13, 10, 13, 10];
const START = /^([A-Z]{1,16}) (\/[!-~]*) HTTP\/1\.([01])$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*$/;
/** Headers that may not come twice, since two sides could take different ones for true. */
const ONCE: ReadonlySet<string> = new Set(["host", "content-length", "origin"]);

/** Puts a request together from the pieces in which it arrives. */
export class RequestReader {
  #bytes = new Uint8Array(0);
  #head: RequestHead | null = null;

  /**
   * Takes a piece.
   *
   * @param piece What has arrived.
   * @returns The request when it is complete; its refusal when it can be none; `null` while more has to come.
   */
  take(piece: Uint8Array): Request | Refusal | null {
    const bytes = new Uint8Array(this.#bytes.length + piece.length);
    bytes.set(this.#bytes);
    bytes.set(piece, this.#bytes.length);
    this.#bytes = bytes;
    if (this.#head === null) {
      const end = endOfHead(bytes);
      if (end < 0) return bytes.length > MOST_HEAD ? 431 : null;
      if (end > MOST_HEAD) return 431;
      const head = parseHead(new TextDecoder("latin1").decode(bytes.subarray(0, end)));
      if (typeof head === "number") return head;
      this.#head = head;
      this.#bytes = bytes.slice(end + END_OF_HEAD.length);
    }
    const { bodySize } = this.#head;
    if (this.#bytes.length < bodySize) return null;
    // Whatever comes behind is not for this connection.
    const body = new TextDecoder().decode(this.#bytes.subarray(0, bodySize));
    return { ...this.#head, body };
  }
}

function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (END_OF_HEAD.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

function parseHead(text: string): RequestHead | Refusal {
  const [first, ...lines] = text.split("\r\n");
  const start = START.exec(first);
  if (start === null) return /^[A-Z]+ \S+ HTTP\/[^1]/.test(first) ? 505 : 400;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const header = HEADER.exec(line);
    if (header === null) return 400;
    const name = header[1].toLowerCase();
    if (headers.has(name) && ONCE.has(name)) return 400;
    headers.set(name, header[2]);
  }
  if (headers.has("transfer-encoding")) return 400;
  const size = headers.get("content-length") ?? "0";
  if (!/^\d{1,9}$/.test(size)) return 400;
  if (Number(size) > MOST_BODY) return 413;
  const [path] = start[2].split(/[?#]/, 1);
  return { method: start[1], path, headers, bodySize: Number(size) };
}
