/**
 * The permits of a manager's locks: the rules of permits over plain fields. Their owners are the server's clients, so that a
 * permit comes free when the client ends that holds it.
 *
 * @module
 */

import type { WaitOptions } from "../../support/options.ts";
import { PermitRules } from "../../sync/permit_rules.ts";
import { type Call, type Client, Kept } from "../wire/call.ts";
import { Waiters, waitOptions } from "./waiters.ts";

/** How the permits of an object begin. */
export interface ServedPermitsOptions {
  /** How many are free. */
  readonly value: number;
  /** How many may be free at most. */
  readonly largest: number;
  /** Whether the holder of the only permit may take it again. */
  readonly isReentrant?: boolean;
}

/** What an acquire results in: a permit that belongs to nobody goes back if the answer does not arrive. */
export type Acquired = boolean | Kept;

/** What becomes of the permit that is waited for. */
interface Wish {
  readonly isOwned: boolean;
}

/** Permits, and the clients that have them or wait for one. */
export class ServedPermits extends PermitRules<Client> {
  readonly isReentrant: boolean;
  protected readonly largest: number;
  protected free: number;
  readonly #waiters = new Waiters<Acquired, Wish>();
  readonly #holders = new Map<Client, { count: number; readonly onEnd: () => void }>();
  #abandoned = false;

  /** @param options How they begin. */
  constructor({ value, largest, isReentrant = false }: ServedPermitsOptions) {
    super();
    this.free = value;
    this.largest = largest;
    this.isReentrant = isReentrant;
  }

  /** How many are free. */
  get value(): number {
    return this.free;
  }

  /** Whether a holder has ended since the last release. */
  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** How many a client holds; of a re-entrant lock, how often. */
  heldBy(client: Client): number {
    return this.holdsOf(client);
  }

  /** Takes one for a call, which waits for it; the client holds it then. */
  acquire(call: Call, options: unknown): Acquired | Promise<Acquired> {
    const limits = waitOptions(options);
    if (this.tryTake(call.client)) return true;
    return this.#wait(call, { isOwned: true }, limits);
  }

  /** Takes one for a call, which waits for it; it belongs to nobody then. */
  acquireUnowned(call: Call, options: unknown): Acquired | Promise<Acquired> {
    const limits = waitOptions(options);
    if (this.tryTakeUnowned()) return this.#unowned();
    return this.#wait(call, { isOwned: false }, limits);
  }

  /** Gives all back that a client holds. Returns how many these were. */
  giveAllBack(client: Client): number {
    const count = this.holdsOf(client);
    if (count > 1) this.setHolds(client, 1);
    this.giveBack(client);
    return count;
  }

  /** Lets a client that holds a re-entrant lock hold it more often. */
  deepen(client: Client, count: number): void {
    this.setHolds(client, this.holdsOf(client) + count);
  }

  protected holdsOf(client: Client): number {
    return this.#holders.get(client)?.count ?? 0;
  }

  protected setHolds(client: Client, count: number): void {
    const holder = this.#holders.get(client);
    if (holder === undefined) {
      if (count === 0) return;
      const onEnd = (): void => this.takeBack(client, () => {});
      this.#holders.set(client, { count, onEnd });
      client.onEnd(onEnd);
    } else if (count > 0) {
      holder.count = count;
    } else {
      this.#holders.delete(client);
      client.offEnd(holder.onEnd);
    }
  }

  protected findHolder(): Client | null {
    return this.#holders.keys().next().value ?? null;
  }

  protected markAbandoned(isAbandoned: boolean): void {
    this.#abandoned = isAbandoned;
  }

  protected firstWaiting(): Client | null {
    return this.#waiters.first?.call.client ?? null;
  }

  protected grantTo(client: Client, all: boolean): number {
    const granted = all ? this.#waiters.takeAll(client) : [this.#waiters.shift()!];
    for (const { wish, resolve } of granted) resolve(wish.isOwned ? true : this.#unowned());
    return granted.filter(({ wish }) => wish.isOwned).length;
  }

  #wait(call: Call, wish: Wish, options: WaitOptions | undefined): Acquired | Promise<Acquired> {
    return this.#waiters.wait(call, { wish, options, onTimeout: () => false });
  }

  #unowned(): Kept {
    return new Kept(true, () => void this.add());
  }
}
