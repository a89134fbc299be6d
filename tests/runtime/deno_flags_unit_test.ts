import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { withDenoFlags } from "../../src/runtime/deno_flags.ts";

const own = ["run", "--no-prompt", "--allow-read", "--allow-net", "--config=/a.json", "--no-lock"];

function without(...flags: string[]): string[] {
  return own.filter((flag) => !flags.includes(flag));
}

test("flags are added to those of the child; `run` stands there once", () => {
  assertEquals(withDenoFlags(own, []), own);
  assertEquals(withDenoFlags(own, ["run"]), own);
  assertEquals(withDenoFlags(own, ["--v8-flags=--expose-gc"]), [...own, "--v8-flags=--expose-gc"]);
  assertEquals(withDenoFlags(own, ["run", "--no-check"]), [...own, "--no-check"]);
});

test("permissions take the place of permissions, and of nothing else", () => {
  const kept = without("--allow-read", "--allow-net");
  for (
    const flag of [
      "-A",
      "-R",
      "-RW",
      "-W=/tmp",
      "-N",
      "-E",
      "-S",
      "-I",
      "-P",
      "-P=mine",
      "--allow-all",
      "--allow-run=deno",
      "--deny-net",
      "--ignore-env",
      "--permission-set=mine",
    ]
  ) {
    assertEquals(withDenoFlags(own, [flag]), [...kept, flag]);
  }
  assertEquals(withDenoFlags(["run", "--allow-all"], ["-R"]), ["run", "-R"]);
});

test("flags that only look like permissions leave them", () => {
  for (const flag of ["--allow-scripts", "--allow-scripts=npm:a", "-r", "-q", "--reload", "-L"]) {
    assertEquals(withDenoFlags(own, [flag]), [...own, flag]);
  }
});

test("a configuration takes the place of the child's: two of them are refused by Deno", () => {
  const kept = without("--config=/a.json");
  for (const flags of [["--config=/b.json"], ["-c", "/b.json"], ["--no-config"]]) {
    assertEquals(withDenoFlags(own, flags), [...kept, ...flags]);
  }
  assertEquals(withDenoFlags(own, ["--conditions=a"]), [...own, "--conditions=a"]);
});
