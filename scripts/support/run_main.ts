/** How a script ends that cannot do what it was asked for. */

import process from "node:process";

/**
 * Runs a script's main function; an error becomes one line, and exit code 1.
 *
 * @param name The script's name.
 * @param main The function.
 */
export async function runMain(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
