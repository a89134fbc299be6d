/**
 * Words in the header of a heap's block in the arena; those of its chains are in `block_chains.ts`, those of its holders in
 * `holders.ts`.
 *
 * @module
 */

/** Tells the block from those that were at its place before; 0: it is free. */
export const NONCE = 0;
/** Whether it is used in ways that nobody follows. */
export const PINNED = 1;
/** How often it was sent. */
export const SENT = 2;
/** The number of the last sending that arrived. */
export const ARRIVED = 3;
/** Two words: bytes without the header. */
export const SIZE = 8;
