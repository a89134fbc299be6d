/**
 * The commands of `allcores`. Each is loaded when it is called.
 *
 * @module
 */

import type { Command } from "./command.ts";

/** The commands, by their names. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  doctor: {
    about: "tells what works here, and what to do where something does not",
    options: {
      json: { about: "prints the report as JSON" },
      runtime: {
        about:
          "tries children on this runtime, which has to be there; default: on all that are found",
        value: "NAME",
        choices: ["deno", "bun", "node"],
        many: true,
      },
    },
    load: async () => (await import("./doctor.ts")).doctorCommand,
  },
};
