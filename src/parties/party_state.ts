/**
 * The states of a party, which its creator waits for.
 *
 * @module
 */

/** What a child has come to, as it says itself. */
export const PartyState = {
  /** Its slot is claimed; it has said nothing yet. */
  starting: 0,
  /** It has accepted its work. */
  running: 1,
  /** It could not accept its work; it says why in its boot block. */
  refused: 2,
  /** It has loaded; what the user wants to run first is under way. */
  joined: 3,
} as const;
