/**
 * The words of the table of parties: those of all, then a slot for each party.
 *
 * @module
 */

/** How many parties there may be at once. */
export const SLOTS = 1024;
/** Words of each slot. */
export const SLOT_WORDS = 16;
/** Words in front of the first slot. */
export const HEADER_WORDS = 16;

/** The largest generation whose ids are positive words. */
export const LAST_GENERATION: number = 2 ** 21 - 1;

/** The slot at which the next search begins. */
export const NEXT = 0;
export const AWAKE = 1;
export const NAMES = 2;

/** The id of the party that has the slot; minus the generation of the last one when nobody has. */
export const ID = 0;
/**
 * The id of the party that sleeps, so that nobody takes the duty of ringing for it by an older id of its slot; its negative when
 * somebody has taken that duty and it has not woken up yet; 0 while it is awake.
 */
export const SLEEPING = 1;
export const BELL = 2;
/** The generation and what the child has come to, in the lowest bits. */
export const STATE = 3;
export const PID = 4;
/** The id of the party that is counted as awake; 0 when it is not. */
export const COUNTED_AWAKE = 5;
/** The id of the party that has ended. */
export const GONE = 6;
/** The id of the party that could not be stopped. */
export const ABANDONED = 7;
export const CREATOR = 8;
/** When the process was started, as the system says it, so that its pid is not taken for it in another process; 0 if not known. */
export const STARTED = 9;
/** The system's number of the thread; 0 where it is not known. */
export const THREAD = 10;
/** Random, and part of the name of the party's socket: nobody else can take the name before it. */
export const SECRET = 11;
/** The id of the party that the words from its process on are about; those of the one before may stand there until then. */
export const FACTS_OF = 12;
/** The id of the party where it may go on when all others have ended: a process that is no daemon, and has not begun to end. */
export const LASTING = 13;

export const STATE_BITS = 2;

/** The first word of a slot. */
export function slotStart(slot: number): number {
  return HEADER_WORDS + slot * SLOT_WORDS;
}

/** The slot of a party. */
export function slotOf(party: number): number {
  return party % SLOTS;
}

/** The first word of a party's slot. */
export function startOf(party: number): number {
  return slotStart(slotOf(party));
}
