/**
 * What works here, and what to do where something does not: the function behind `allcores doctor`.
 *
 * @example
 * ```ts
 * import { doctor } from "@allcores/multiprocessing/doctor";
 *
 * if (import.meta.main) {
 *   const { works } = await doctor();
 *   console.log(works);
 * }
 * ```
 *
 * @module
 */

export { doctor } from "./doctor.ts";
export type { Check, CheckStatus, Datum, DoctorOptions, DoctorReport } from "./types.ts";
