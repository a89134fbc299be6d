/**
 * What a manager's server and its clients tell each other: arrays of numbers, texts and bytes, whose first element says what they
 * are. So every message can be read, whatever becomes of the values in it, which are packed: see `pack.ts`.
 *
 * The number of a request is its place among all that its client has sent, counted from 1. Answers come in any order, since each
 * call runs on its own. What an answer must not lose (an item that was taken from a queue) is `kept` by the server until the
 * client has said that it was `received`.
 *
 * Proxies travel as handles. The sender takes a count of the object under a ticket in the moment in which the message leaves
 * (`hold`), and the receiver makes it its own (`claim`); either may reach the server first, since they come by different ways.
 * One that is lost is dropped by its sender (`drop`), and by the server when the sender has ended.
 *
 * @module
 */

/** What a client sends. */
export const Request = {
  /** `[hello, client]`: the first message of a client. */
  hello: 0,
  /** `[create, type, ...args]` */
  create: 1,
  /** `[call, object, method, ...args]` */
  call: 2,
  /** `[cancel, id]`: a call is to wait no more. */
  cancel: 3,
  /** `[received, id]`: the answer has arrived. */
  received: 4,
  /** `[release, object]`: one proxy less. */
  release: 5,
  /** `[hold, object, ticket]`: a proxy was sent. */
  hold: 6,
  /** `[drop, object, ticket]`: a proxy that was sent will not arrive. */
  drop: 7,
  /** `[claim, object, sender, ticket]`: a proxy has arrived. */
  claim: 8,
  /** `[inspect]`: how many objects and clients there are. */
  inspect: 9,
  /** `[stop]`: the server is to end. */
  stop: 10,
  /** `[retain, object]`: one proxy more, from a message that was read before. */
  retain: 11,
} as const;

/** What the server answers: `[kind, id, value]`. */
export const Answer = {
  value: 1,
  /** A failure: see `messages/failure.ts`. */
  failure: 2,
  /** A {@linkcode Shared}, which the client counts already. */
  shared: 3,
  /** A value that goes back if it does not arrive. */
  kept: 4,
  /** The call was cancelled, and has done nothing. */
  cancelled: 5,
  /** `[refused, 0, reason]`: the server does not serve this client. */
  refused: 6,
} as const;

/**
 * An object of the server, as its clients know it. Its proxy is of a class of this library's (`null`), of a registered class (its
 * key), or made of the methods' names.
 */
export type Shared = [object: number, type: string, proxy: readonly string[] | string | null];

/** The sender of the proxies that the server itself sends. */
export const SERVER = "";

/** The methods that every object has, which are no names in a program. */
export const REPR = "#repr";
/** See {@linkcode REPR}. */
export const VALUE = "#value";

/** Whether a value tells of an object, as a server does. */
export function isShared(value: unknown): value is Shared {
  if (!Array.isArray(value)) return false;
  const [object, type, how] = value as unknown[];
  const isHow = how === null || typeof how === "string" ||
    Array.isArray(how) && how.every((name) => typeof name === "string");
  return Number.isSafeInteger(object) && typeof type === "string" && isHow;
}
