/**
 * Whether the program, compiled to one executable, is ready to be started as a child: see `src/entry/freeze_support.ts`.
 *
 * @module
 */

let isReady = false;

/** Says that the program called `freezeSupport()`. */
export function becomeFreezable(): void {
  isReady = true;
}

/** Whether the program called `freezeSupport()`. */
export function isFreezable(): boolean {
  return isReady;
}
