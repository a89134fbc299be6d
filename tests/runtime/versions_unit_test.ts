import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { isAtLeast, versionIn } from "../../src/runtime/versions.ts";

test("a version is found in what an executable says", () => {
  assertEquals(versionIn("v24.21.0\n"), "24.21.0");
  assertEquals(versionIn("deno 2.9.6 (stable, release)\nv8 13.0.1"), "2.9.6");
  assertEquals(versionIn("usage: none"), null);
});

test("versions are compared part by part, as numbers", () => {
  for (const newer of ["20.16.0", "20.16.1", "20.100.0", "21.0.0", "v100.0.0-pre"]) {
    assertEquals(isAtLeast(newer, "20.16.0"), true, newer);
  }
  for (const older of ["20.15.9", "20.9.0", "9.99.99", "nothing"]) {
    assertEquals(isAtLeast(older, "20.16.0"), false, older);
  }
});
