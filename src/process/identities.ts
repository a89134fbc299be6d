/**
 * The instances of `Process` that stand for the running process itself, and were not started here.
 *
 * @module
 */

/** Who such a process is. */
export interface Identity {
  readonly daemon: boolean;
  readonly pid: number;
  readonly ident: string;
}

const identities = new WeakMap<object, Identity>();

/**
 * Lets an instance stand for the running process itself.
 *
 * @param process The instance.
 * @param identity Who it is.
 */
export function identify(process: object, identity: Identity): void {
  identities.set(process, identity);
}

/**
 * Who an instance is that stands for the running process itself.
 *
 * @param process The instance.
 * @returns Its identity; `null` for a child.
 */
export function identityOf(process: object): Identity | null {
  return identities.get(process) ?? null;
}
