/**
 * Programs without a file: their text stands in the command line, or comes by the standard input. So there is no main module, and
 * the flags that say so are nothing for a child.
 *
 * @module
 */

import process from "node:process";
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { conform } from "../support/conform.ts";
import { toSource } from "../support/program_source.ts";
import { startCommand } from "../support/programs.ts";

/** JavaScript, since not every way in can be told that it is TypeScript. */
const PROGRAM = toSource(`
import { isMainProcess, Pool, Process } from "@allcores/multiprocessing";

if (isMainProcess()) {
  const child = new Process({ target: () => console.log(process.argv.slice(2).join()) });
  await child.start();
  console.log(await child.join());
  const pool = new Pool(1);
  console.log((await pool.map((x) => x * x, [1, 2, 3])).join());
  pool.close();
  await pool.join();
}
`);
const OUTPUT = "a,b\n0\n1,4,9\n";
const DENO = [
  "--allow-all",
  `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
];

/** Flags with which a runtime takes a program from elsewhere. */
interface Ways {
  /** By the standard input. */
  readonly input: string[][];
  /** From the next argument. */
  readonly argument: string[][];
}

const WAYS: Readonly<Record<string, Ways>> = {
  deno: { input: [["run", ...DENO, "-"]], argument: [["eval", DENO[1], "--ext=js"]] },
  bun: { input: [["run", "-"]], argument: [["-e"]] },
  node: {
    input: [["--input-type=module", "-"]],
    argument: [
      ["--input-type", "module", "--eval"],
      // A thread cannot have flags that are its process's, and has the others.
      ["--expose-gc", "--title", "x", "--no-warnings", "--input-type=module", "-e"],
    ],
  },
};
const own = WAYS[["deno", "bun"].find((name) => name in process.versions) ?? "node"];

conform("a program that comes by the standard input has children", async (note) => {
  for (const flags of own.input) {
    const command = [process.execPath, ...flags, "a", "b"];
    const { code, stdout, stderr } = await startCommand(command, {}, PROGRAM).ended;
    assertEquals([code, stdout, stderr], [0, OUTPUT, ""], flags.join(" "));
  }
  note(OUTPUT);
});

conform("a program that stands in the command line has children", async (note) => {
  for (const flags of own.argument) {
    const command = [process.execPath, ...flags, PROGRAM, "a", "b"];
    const { code, stdout, stderr } = await startCommand(command).ended;
    assertEquals([code, stdout, stderr], [0, OUTPUT, ""], flags.join(" "));
  }
  note(OUTPUT);
});
