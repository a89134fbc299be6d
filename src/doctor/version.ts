/**
 * The version of this library: `scripts/check_versions.ts` compares it with the manifests.
 *
 * @module
 */

/** The version of this library. */
export const VERSION = "0.1.0";
