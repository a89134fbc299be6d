/**
 * Records that are given to users.
 *
 * @module
 */

/**
 * Freezes a record with the records and arrays in it: it is a copy, and changing it would change nothing else.
 *
 * @param record The record: plain data, without cycles.
 * @returns The same record.
 */
export function freezeRecord<T>(record: T): T {
  if (typeof record !== "object" || record === null || Object.isFrozen(record)) return record;
  for (const value of Object.values(record)) freezeRecord(value);
  return Object.freeze(record);
}
