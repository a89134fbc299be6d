/**
 * What the system is short of, as its errors tell, and what to do about it.
 *
 * A shortage may pass: whoever meets one is told, and what it has stays good for another try.
 *
 * @module
 */

/** What the system is short of and what to do, as the end of a sentence, by the system's name of the error. */
export const SHORTAGES: Readonly<Record<"EMFILE" | "ENFILE" | "EAGAIN" | "ENOMEM", string>> = {
  EMFILE:
    "too many open files. Close some, or raise the limit (ulimit -n; containers: --ulimit nofile)",
  ENFILE: "the system has too many open files. Close some, or raise its limit (fs.file-max)",
  EAGAIN: "there is no room for another process or thread. End some, or raise the limit " +
    "(ulimit -u; containers: --pids-limit)",
  ENOMEM: "out of memory. Free some, or raise the limit (containers: --memory)",
};

/** What is not told by a `code` may begin with the name. */
const FIRST_WORD = /^E[A-Z]+\b/;

/**
 * What an error says the system is short of.
 *
 * @param error Any error.
 * @returns The shortage and its remedy, as the end of a sentence; `null` where it is another error.
 */
export function shortageIn(error: unknown): string | null {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown };
  const word = FIRST_WORD.exec(String(message))?.[0];
  const name = [code, word].find((name) =>
    typeof name === "string" && Object.hasOwn(SHORTAGES, name)
  );
  return name === undefined ? null : SHORTAGES[name as keyof typeof SHORTAGES];
}

/**
 * An error that tells of a shortage, where a runtime throws one that does not.
 *
 * @param name The system's name of the error.
 * @param cause What the runtime threw.
 */
export function shortage(name: string, cause?: unknown): Error {
  return Object.assign(new Error(name, { cause }), { code: name });
}
