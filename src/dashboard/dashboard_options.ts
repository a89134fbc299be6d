/**
 * How a dashboard is served.
 *
 * @module
 */

import {
  checkBoolean,
  checkString,
  checkTable,
  type OptionTable,
} from "../support/option_checks.ts";
import { checkCount, show } from "../support/options.ts";

/** Options of {@linkcode serveDashboard}. */
export interface DashboardOptions {
  /** The port; 0: one that is free. @default {0} */
  port?: number;
  /**
   * Where it listens: an address of this machine, or a name of it. With any other than `127.0.0.1`, `::1` or `localhost` the page can
   * be reached over the network, and nothing is encrypted. @default {"127.0.0.1"}
   */
  host?: string;
  /** Whether the page has buttons to recycle a worker and to cancel a call. @default {false} */
  control?: boolean;
  /**
   * What the page's address has to have in it: at least 22 letters, digits, `-` and `_`. Give one to have the same address in the
   * next run of the program. @default 128 random bits
   */
  token?: string;
  /** Ends the dashboard when it is aborted. */
  signal?: AbortSignal;
}

/** 22 letters of 64 are as many as 128 random bits take. */
const TOKEN = /^[A-Za-z0-9_-]{22,128}$/;
const LARGEST_PORT = 65_535;

const TABLE: OptionTable<DashboardOptions> = {
  port: (name, value) => {
    if (checkCount(name, value, 0) > LARGEST_PORT) {
      throw new RangeError(`"${name}" must be at most ${LARGEST_PORT}, got ${value}`);
    }
  },
  host: (name, value) => {
    checkString(name, value);
    if (value === "") {
      throw new TypeError(`"${name}" must not be empty: leave it out, or name an address`);
    }
  },
  control: checkBoolean,
  token: (name, value) => {
    checkString(name, value);
    if (TOKEN.test(value as string)) return;
    // It is a secret, so it is not shown.
    throw new RangeError(
      `"${name}" must be 22 to 128 letters, digits, "-" and "_": less could be guessed`,
    );
  },
  signal: (name, value) => {
    if (value instanceof AbortSignal) return;
    throw new TypeError(`"${name}" must be an AbortSignal, got ${show(value)}`);
  },
};

/**
 * Checks the options of a dashboard.
 *
 * @param options The options, as the user gave them.
 * @throws {TypeError} when one is of the wrong type, or there is none of the name.
 * @throws {RangeError} when a port or a token cannot be used.
 */
export function checkDashboardOptions(options: DashboardOptions | undefined): void {
  checkTable("A dashboard", options, TABLE, "{ port: 8080 }");
}
