import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { filterFlags } from "../../src/runtime/node/flags.ts";

test("a child has none of the flags that are meant for the first process", () => {
  const own = [
    ["--inspect"],
    ["--inspect-brk=0.0.0.0:9229"],
    ["--inspect-port", "0"],
    ["--debug-port", "1"],
    ["--watch"],
    ["--watch-path", "src"],
    ["--hot"],
    ["--test"],
    ["--test-reporter", "spec"],
    ["--experimental-test-coverage"],
    ["--eval", "1"],
    ["-e", "1"],
    ["-p", "1"],
    ["--print=1"],
    ["--check"],
    ["-i"],
    ["--input-type=module"],
    ["--input-type", "module"],
    ["--cpu-prof"],
    ["--cpu-prof-dir", "/tmp"],
    ["--heap-prof"],
    ["--prof"],
    ["--build-snapshot"],
    ["--snapshot-blob", "a.blob"],
    ["--build-sea", "a.json"],
    ["--experimental-sea-config", "a.json"],
    ["--run", "start"],
    ["-"],
  ];
  for (const flags of own) {
    assertEquals(filterFlags(["--no-warnings", ...flags, "--expose-gc"]), [
      "--no-warnings",
      "--expose-gc",
    ], flags.join(" "));
  }
});

test("a child has all other flags", () => {
  const kept = [
    "--import",
    "./a.mjs",
    "-r",
    "./b.cjs",
    "--conditions=a",
    "--permission",
    "--allow-fs-read",
    "/data",
    "--max-old-space-size=100",
    "--enable-source-maps",
    "--preload",
    "./c.ts",
    "--smol",
  ];
  assertEquals(filterFlags(kept), kept);
});
