/**
 * A client's connection to a manager's server: one for each server and process, made when it is first needed.
 *
 * States: idle (nothing was said yet), connecting (what is said is kept), open, broken (the server has ended, or nobody needs it
 * here any more). Between open and broken it may be lost: the server has ended, and it is being asked how. The event loop is kept
 * alive while a call is pending, and only then.
 *
 * Long because a class cannot be split over files.
 *
 * @module
 */

import type { Program } from "../../parties/program.ts";
import { type Failure, fromFailure, throwToCaller } from "../../messages/failure.ts";
import { EOFError, ProcessError, RemoteError } from "../../errors.ts";
import {
  type Message,
  MessageKind,
  type Receiving,
  SENT,
  type Transport,
} from "../../connection/transport.ts";
import { addLink, type Link, type Locator, removeLink } from "./link.ts";
import type { Mailbox } from "./mailbox.ts";
import { type Address, addressText } from "../../connection/socket/address.ts";
import { Importing, packAll, unpack } from "./pack.ts";
import { makeProxy } from "./proxy_classes.ts";
import { Answer, isShared, Request } from "./protocol.ts";

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  signal: AbortSignal | undefined;
  onAbort: (() => void) | undefined;
}

/** A message, and what is called when it has left this process. */
type Unsent = readonly [frame: unknown[], onSaid: (() => void) | undefined];

/** Connects to a server. */
export type Connect = () => Promise<Transport>;

/** Where a server is, as its client sees it. */
export type ClientPlace = Pick<Link, "server" | "locator" | "program" | "address">;

/** {@linkcode Link} of a client. */
export class ManagerClient implements Link, Receiving {
  readonly locator: Locator;
  readonly program: Program | null;
  readonly address: Address | null;
  readonly sender: string = crypto.randomUUID();
  /** Finds out how the server has ended, where this process can know; must not take long. */
  explainEnd: (() => Promise<Error>) | null = null;
  readonly #connect: Connect;
  readonly #pending = new Map<number, Pending>();
  #server: string;
  #transport: Transport | null = null;
  /** What was said before there was a connection; `null` when there is one. */
  #unsent: Unsent[] | null = null;
  #sent = 0;
  /** Messages that wait for room. */
  #waiting = 0;
  #users = 0;
  #isListening = false;
  #isLost = false;
  #broken: Error | null = null;

  /**
   * @param place Where the server is.
   * @param connect Connects to it.
   */
  constructor({ server, locator, program, address }: ClientPlace, connect: Connect) {
    this.#server = server;
    this.locator = locator;
    this.program = program;
    this.address = address;
    this.#connect = connect;
  }

  get server(): string {
    return this.#server;
  }

  get hasEnded(): boolean {
    return this.#broken !== null;
  }

  /** Learns the server's name, which it has told. */
  introduce(server: string): void {
    this.#server = server;
    addLink(this);
  }

  /** Makes an object; gives its proxy. */
  create(type: string, args: unknown[]): Promise<unknown> {
    return this.#request([Request.create, type], args, undefined);
  }

  call(object: number, method: string, args: unknown[], signal?: AbortSignal): Promise<unknown> {
    return this.#request([Request.call, object, method], args, signal);
  }

  /** How many objects and clients the server has. */
  inspect(): Promise<unknown> {
    return this.#request([Request.inspect], [], undefined);
  }

  /** Asks the server to end. */
  stop(): void {
    this.post(Request.stop);
  }

  post(...frame: (number | string)[]): void {
    if (this.#broken === null) this.#say(frame);
  }

  claim(object: number, sender: string, ticket: number, onSaid: () => void): void {
    if (this.#broken === null) this.#say([Request.claim, object, sender, ticket], onSaid);
    else onSaid();
  }

  /** Only the server could tell. */
  isInFlight(): boolean {
    return false;
  }

  addUser(): void {
    this.#users++;
  }

  removeUser(): void {
    this.#users--;
    this.#leave();
  }

  look(): boolean {
    const transport = this.#transport!;
    let found = false;
    const { ended } = transport;
    for (let message = transport.first(); message !== null; message = transport.first()) {
      found = true;
      try {
        this.#receive(transport, message);
      } catch {
        this.abandon(new RemoteError("The manager's server says what no server of a manager says"));
      }
    }
    if (ended && transport.first() === null) {
      this.#lose(transport);
      return true;
    }
    this.#update();
    return found;
  }

  abandon(reason: Error): void {
    if (this.#broken !== null) return;
    this.#broken = reason;
    removeLink(this);
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const [, onSaid] of this.#unsent ?? []) onSaid?.();
    this.#unsent = null;
    this.#update();
    this.#transport?.close();
    for (const { reject } of pending) reject(sameError(reason));
  }

  /** Nothing will come any more: who waits is told as soon as it is known why. */
  #lose(transport: Transport): void {
    if (transport.failure !== null) return this.abandon(transport.failure);
    const { locator, address, explainEnd } = this;
    if (explainEnd === null) {
      const where = address === null ? pidText(locator as Mailbox) : ` at ${addressText(address)}`;
      return this.abandon(new EOFError(`The manager's server${where} has ended`));
    }
    this.#isLost = true;
    transport.listen(null);
    const abandon = (reason: Error): void => this.abandon(reason);
    explainEnd().then(abandon, abandon);
  }

  #request(
    head: (number | string)[],
    args: unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    try {
      signal?.throwIfAborted();
      if (this.#broken !== null) throw sameError(this.#broken);
      const rest = packAll(args, "args", this.program, () => this.#broken !== null);
      const answer = new Promise((resolve, reject) => {
        const id = this.#say([...head, ...rest]);
        const onAbort = signal && (() => this.post(Request.cancel, id));
        signal?.addEventListener("abort", onAbort!, { once: true });
        this.#pending.set(id, { resolve, reject, signal, onAbort });
        this.#update();
      });
      if (signal === undefined) return answer.then(undefined, throwToCaller);
      return answer.then(undefined, (error) => {
        // The signal's reason is the caller's own.
        if (signal.aborted && error === signal.reason) throw error;
        throwToCaller(error);
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Sends a message, or keeps it until there is a connection. Returns its number. */
  #say(frame: unknown[], onSaid?: () => void): number {
    if (this.#transport === null) {
      if (this.#unsent === null) this.#open();
      this.#unsent!.push([frame, onSaid]);
    } else {
      this.#transmit(frame, onSaid);
    }
    return ++this.#sent;
  }

  #transmit(frame: unknown[], onSaid?: () => void): void {
    const sent = this.#transport!.send(MessageKind.value, frame, "message");
    if (sent === SENT) return onSaid?.();
    this.#waiting++;
    const onSettled = (): void => {
      this.#waiting--;
      onSaid?.();
      this.#leave();
    };
    // That the server has ended is seen by whoever waits for an answer.
    sent.then(onSettled, onSettled);
  }

  #open(): void {
    this.#unsent = [];
    this.#connect().then((transport) => {
      if (this.#broken !== null) return transport.close();
      this.#transport = transport;
      this.#transmit([Request.hello, this.sender]);
      for (const [frame, onSaid] of this.#unsent!) this.#transmit(frame, onSaid);
      this.#unsent = null;
      this.#update();
      this.#leave();
    }).catch((error) => this.abandon(error));
  }

  #receive(transport: Transport, message: Message): void {
    const [kind, id, value] = transport.decode(message) as [number, number, unknown];
    transport.release();
    if (kind === Answer.refused) return this.abandon(new ProcessError(String(value)));
    if (kind === Answer.kept) this.post(Request.received, id);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    const { resolve, reject, signal, onAbort } = pending;
    signal?.removeEventListener("abort", onAbort!);
    if (kind === Answer.cancelled) return reject(signal?.reason);
    try {
      const content = unpack(value, this.program !== null);
      if (!(content instanceof Importing)) return this.#settle(kind, content, resolve, reject);
      const settle = (content: unknown): void => this.#settle(kind, content, resolve, reject);
      content.value.then(settle).catch(reject);
    } catch (error) {
      reject(error);
    }
  }

  #settle(
    kind: number,
    content: unknown,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    if (kind === Answer.failure) return reject(fromFailure(content as Failure));
    if (kind !== Answer.shared) return resolve(content);
    if (!isShared(content)) {
      throw new RemoteError("The manager's server told of an object that is none");
    }
    resolve(makeProxy({ link: this, shared: content }));
  }

  /** Listens while a call is pending. */
  #update(): void {
    const isListening = this.#pending.size > 0;
    if (this.#transport === null || this.#isLost || isListening === this.#isListening) return;
    this.#isListening = isListening;
    this.#transport.listen(isListening ? this : null);
    // Something may have arrived while nobody listened: the end of the connection, say.
    if (isListening && this.program === null) {
      queueMicrotask(() => this.#isListening && this.look());
    }
    if (!isListening) this.#leave();
  }

  /** Closes the connection when nobody here needs it any more. */
  #leave(): void {
    const isNeeded = this.#users > 0 || this.#pending.size > 0 || this.#waiting > 0;
    if (isNeeded || this.#transport === null || this.#broken !== null) return;
    this.abandon(new EOFError("Nobody uses the manager here any more"));
  }
}

function pidText({ serverPid }: Mailbox): string {
  return serverPid === 0 ? "" : ` (pid ${serverPid})`;
}

/** A broken connection is told to each who asks, with a stack of its own. */
function sameError(error: Error): Error {
  if (error instanceof EOFError) return new EOFError(error.message);
  return error;
}

/** Says how clients of one program find its servers. */
export function dialMailbox(server: string, mailbox: Mailbox): ManagerClient {
  const { program } = mailbox;
  const place = { server, locator: mailbox, program, address: null };
  return new ManagerClient(place, () => mailbox.knock());
}
