/** A queue, a pipe and an array cost no descriptor, and their memory is free when nobody has them. */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const PROGRAM = fileURLToPath(new URL("../fixtures/programs/many_objects.ts", import.meta.url));
const isLarge = process.env.ALLCORES_LARGE === "1";

/** The command of the program, which collects garbage when it wants to. */
function command(count: number): string {
  const words = commandOf(PROGRAM);
  const flag = "deno" in process.versions ? "--v8-flags=--expose-gc" : "--expose-gc";
  if (!("bun" in process.versions)) words.splice(-1, 0, flag);
  return [...words, method, String(count)].map((word) => `'${word}'`).join(" ");
}

conform("many queues, pipes and arrays need few descriptors", async (note) => {
  const [count, limit] = isLarge ? [10_000, 1024] : [500, 100];
  const program = startCommand([
    "sh",
    "-c",
    `ulimit -n ${limit} && exec ${command(count)}`,
  ]);
  const { code, stdout, stderr } = await program.ended;
  note({ code, stderr });
  const lines = [
    `right: ${3 * count}`,
    "right in the child: 20, exit code 0",
    "at the end: true",
  ];
  if (method === "process") {
    lines.push(
      `large: ${64 * 2 ** 20}`,
      "while the other one lives: true",
      "without it: true, 8192",
    );
  }
  assertEquals({ code, stdout: stdout.trim().split("\n"), stderr }, {
    code: 0,
    stdout: lines,
    stderr: "",
  });
});
