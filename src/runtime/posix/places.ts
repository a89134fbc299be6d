/**
 * Where Linux has folders for short-lived files.
 *
 * All programs of a user have to agree, to find each other's memory by its name, and so do a program and a child that was
 * given another environment. So what a variable says comes last.
 *
 * @module
 */

/**
 * The folders, the best first.
 *
 * @param temporary The variable `TMPDIR`, where there is one and it may be read.
 * @returns Their paths.
 */
export function linuxPlaces(temporary: string | undefined): string[] {
  const fixed = ["/dev/shm", "/tmp"];
  const named = temporary?.replace(/\/+$/, "") ?? "";
  return named.startsWith("/") && !fixed.includes(named) ? [...fixed, named] : fixed;
}
