/**
 * How proxies are sent: as handles within a program, and without any key over a network.
 *
 * @module
 */

import { Refusal } from "../../codec/refusal.ts";
import { RemoteError } from "../../errors.ts";
import type { HandleKind, Leaver } from "../../messages/handles.ts";
import type { FlightBoard } from "./flights.ts";
import { knownLink, linkTo, type Locator } from "./link.ts";
import { isShared, Request, type Shared } from "./protocol.ts";
import { BaseProxy, stateOf } from "./proxy.ts";
import type { Target } from "./proxy_state.ts";
import { proxyMaker } from "./proxy_classes.ts";

type Payload = [
  server: string,
  locator: Locator,
  shared: Shared,
  sender: string,
  ticket: number,
  board: FlightBoard | null,
  index: number,
];

/** Proxies as handles. */
export const proxyHandles: HandleKind<BaseProxy> = {
  number: 40,
  prototype: BaseProxy.prototype,
  programOf: (proxy) => stateOf(proxy).link.program,
  toPayload: (proxy): Payload => {
    const state = stateOf(proxy);
    if (state.isDisposed) throw new Refusal("this proxy was disposed of");
    const { link, shared } = state;
    const { ticket, flight } = state.depart(link.program);
    const place = flight === null ? [null, 0] as const : [flight.board, flight.index] as const;
    return [link.server, link.locator, shared, link.sender, ticket, ...place];
  },
  fromPayload: (payload) => {
    const [server, locator, shared, sender, ticket, board, index] = payload as Payload;
    // Nothing is counted for one whose class has not been loaded here.
    const create = proxyMaker(shared);
    const target = { link: linkTo(server, locator), shared };
    if (board === null) return create(claimed(target, sender, ticket));
    const onSaid = board.claim(index, ticket);
    if (onSaid !== null) target.link.claim(shared[0], sender, ticket, onSaid);
    // The same message was read before, or was given up: whether the object is there still, the server knows.
    else target.link.post(Request.retain, shared[0]);
    return create(target);
  },
  leaverOf: (proxy) => stateOf(proxy),
};

/** Makes the count this process's own that was sent along under a ticket. */
function claimed(target: Target, sender: string, ticket: number): Target {
  target.link.claim(target.shared[0], sender, ticket, () => {});
  return target;
}

/** What is sent of a proxy over a network: no key. */
type RemotePayload = [server: string, shared: Shared, sender: string, ticket: number];

/**
 * Takes a proxy apart that is sent over a network.
 *
 * @param proxy The proxy.
 * @returns What is sent, and what leaves then.
 * @throws {Refusal} when its server cannot be reached from elsewhere.
 */
export function toRemote(proxy: BaseProxy): { payload: unknown; leaver: Leaver } {
  const state = stateOf(proxy);
  const { link, shared, isDisposed } = state;
  if (isDisposed) throw new Refusal("this proxy was disposed of");
  if (link.address === null) {
    throw new Refusal(
      "the manager of this proxy has no address that other programs could connect to; " +
        'start it with an "address"',
    );
  }
  const payload: RemotePayload = [link.server, shared, link.sender, state.depart(null).ticket];
  return { payload, leaver: state };
}

/**
 * Makes a proxy that came over a network. Only servers count that this process is connected to already.
 *
 * @param payload What came.
 * @returns The proxy.
 */
export function fromRemote(payload: unknown): BaseProxy {
  const [server, shared, sender, ticket] = Array.isArray(payload) ? payload : [];
  const link = typeof server === "string" ? knownLink(server) : undefined;
  if (link === undefined) {
    throw new RemoteError(
      "A proxy arrived whose manager is not known here: connect() to that manager first",
    );
  }
  if (!isShared(shared) || typeof sender !== "string" || !Number.isSafeInteger(ticket)) {
    throw new RemoteError("A proxy arrived that is none");
  }
  const create = proxyMaker(shared);
  return create(claimed({ link, shared }, sender, ticket));
}
