/**
 * Descriptors that run out, in the creator, in the child and in both: nobody is taken for dead, no ring and no item is lost, and
 * afterwards all goes on.
 */

import process from "node:process";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { runLimited } from "../support/scarce.ts";

/** Deno 2.9.6 panics in itself, not in each run, where it needs a descriptor for the first time and there is none. */
const skip = "deno" in process.versions
  ? "the runtime ends itself when it has no descriptor left"
  : false;

const cases: [who: string, limit: number][] = [
  ["creator", 100],
  ["child", 100],
  ["both", 64],
  ["both", 256],
];

for (const [who, limit] of cases) {
  const name = `a lock whose holder lives stays held while descriptors run out: ${who}, ${limit}`;
  conform(name, async (note) => {
    const found = await runLimited(`-n ${limit}`, "few_files.ts", method, who);
    note(found);
    assertEquals(found, {
      code: 0,
      stdout: [
        "child: released",
        "child: woken true",
        "creator: acquired false",
        "creator: acquired true",
        "creator: alive true, abandoned false",
        "creator: exit code 0",
      ],
      stderr: "",
    });
  }, { skip });
}

/** Bun 1.4.5 ends the whole program when a thread that it starts finds no descriptor. */
const noStarts = "bun" in process.versions && method === "thread"
  ? "the runtime ends itself when a thread has no descriptor"
  : skip;

for (const few of [1, 2, 3, 5]) {
  for (const [what, lines, reason] of [["uses", 11, skip], ["starts", 4, noStarts]] as const) {
    const name =
      `what needs a descriptor is refused while there are none or ${few}, then done: ${what}`;
    conform(name, async () => {
      const args = [method, what, String(few)];
      const { code, stdout } = await runLimited("-n 128", "scarce_calls.ts", ...args);
      assertEquals(stdout.filter((line) => !LINE.test(line)), []);
      assertEquals([code, stdout.length], [0, lines]);
    }, { skip: reason });
  }
}

/** A line of `scarce_calls.ts` that tells that all is well. */
const LINE = /^exit code 0$|^[a-z ]+: (done|refused), (done|refused); then done$/;
