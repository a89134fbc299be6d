/**
 * How much a manager's server has.
 *
 * @module
 */

/** How many objects and clients a server has. */
export interface ManagerStats {
  /** Objects that some proxy stands for. */
  readonly objects: number;
  /** Processes that are connected. */
  readonly clients: number;
  /** How many objects there are of each type, by the types' names. */
  readonly types: Readonly<Record<string, number>>;
}
