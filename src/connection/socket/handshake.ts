/**
 * The mutual proof that both sides have the same key, which neither tells: as in Python from 3.12 on, by HMAC-SHA-256.
 *
 * The listener sends a challenge: `#CHALLENGE#`, the name of the digest in braces, and random bytes. The client answers with
 * that name and the HMAC of all of it behind `#CHALLENGE#`; the listener says `#WELCOME#` or `#FAILURE#`. Then the same the
 * other way round. The listener answers no challenge before the client has proved itself, so nobody learns anything from it.
 *
 * @module
 */

import { AuthenticationError, EOFError, TimeoutError } from "../../errors.ts";
import { Inbox } from "../inbox.ts";
import { joined } from "./frames.ts";
import { GREETING, type SocketEnd } from "./socket_end.ts";

/** How long (ms) the other side may take for all of it. */
export const HANDSHAKE_LIMIT = 10_000;
/** The longest message (bytes) before it is over. */
export const LONGEST_GREETING = 256;

const CHALLENGE = "#CHALLENGE#";
const WELCOME = "#WELCOME#";
const FAILURE = "#FAILURE#";
const DIGEST = "{sha256}";
const RANDOM_BYTES = 40;
const FEWEST_BYTES = 20;

const ascii = new TextEncoder();

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** The talk of one side, with its deadline. */
class Talk {
  readonly #end: SocketEnd;
  readonly #inbox: Inbox;
  readonly #key: Key;
  readonly #until: number;

  constructor(end: SocketEnd, key: Key, until: number) {
    this.#end = end;
    this.#inbox = new Inbox(end);
    this.#key = key;
    this.#until = until;
  }

  /** Has the other side prove that it has the key. */
  async challenge(): Promise<void> {
    const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
    const message = joined(ascii.encode(DIGEST), random);
    await this.#say(joined(ascii.encode(CHALLENGE), message));
    const answer = await this.#hear();
    const proof = startsWith(answer, DIGEST) ? answer.slice(DIGEST.length) : answer;
    // Takes the same time wherever the two differ.
    const isRight = await crypto.subtle.verify("HMAC", this.#key, proof, message);
    await this.#say(ascii.encode(isRight ? WELCOME : FAILURE));
    if (!isRight) throw new AuthenticationError("The other side has another key, or none");
  }

  /** Proves to the other side that this one has the key. */
  async answer(): Promise<void> {
    const said = await this.#hear();
    if (!startsWith(said, CHALLENGE)) {
      throw new AuthenticationError("The other side does not ask for a key as it should");
    }
    const message = said.slice(CHALLENGE.length);
    if (!startsWith(message, DIGEST) || message.length < DIGEST.length + FEWEST_BYTES) {
      throw new AuthenticationError("The other side asks for a proof that is not SHA-256");
    }
    const proof = new Uint8Array(await crypto.subtle.sign("HMAC", this.#key, message));
    await this.#say(joined(ascii.encode(DIGEST), proof));
    const verdict = await this.#hear();
    if (startsWith(verdict, WELCOME)) return;
    throw new AuthenticationError("The other side has another key: it refused the proof");
  }

  #say(bytes: Uint8Array): Promise<void> {
    return this.#end.send(GREETING, bytes, "greeting");
  }

  #hear(): Promise<Uint8Array<ArrayBuffer>> {
    const read = ({ kind, bytes }: { kind: number; bytes: Uint8Array }) => {
      const copy = new Uint8Array(bytes);
      this.#end.release();
      if (kind === GREETING) return copy;
      throw new AuthenticationError("The other side does not prove that it has the key");
    };
    const left = Math.max(1, this.#until - performance.now());
    return this.#inbox.take(read, { timeout: left });
  }
}

/**
 * Proves to each other that both sides have the key. The connection is broken off when that fails.
 *
 * @param end The connection, of which nothing was read.
 * @param authKey The key.
 * @param role Which side this is.
 * @throws {AuthenticationError} when the other side has not got the key, or does not prove it in time.
 */
export async function authenticate(
  end: SocketEnd,
  authKey: Uint8Array,
  role: "listener" | "client",
): Promise<void> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = new Uint8Array(authKey);
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
  const talk = new Talk(end, key, performance.now() + HANDSHAKE_LIMIT);
  try {
    if (role === "client") await talk.answer();
    await talk.challenge();
    if (role === "listener") await talk.answer();
    end.greeted();
  } catch (error) {
    const reason = explain(error);
    end.close();
    throw reason;
  }
}

function explain(error: unknown): AuthenticationError {
  if (error instanceof AuthenticationError) return error;
  const cause = error as Error;
  if (error instanceof TimeoutError) {
    const message = `The other side did not prove within ${HANDSHAKE_LIMIT} ms that it has the key`;
    return new AuthenticationError(message, { cause });
  }
  const what = error instanceof EOFError ? "The other side hung up" : cause.message;
  return new AuthenticationError(`${what}; it has not proved that it has the key`, { cause });
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  const start = ascii.encode(text);
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}
