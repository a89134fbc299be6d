import { test } from "node:test";
import { assert, assertEquals } from "@std/assert";
import { hasDenoPermissions, withDenoPermissions } from "../../src/runtime/deno_flags.ts";
import { hasNodePermissions, withNodePermissions } from "../../src/runtime/node_flags.ts";
import type { Grants, PermissionName } from "../../src/runtime/permissions.ts";

const grants: Grants = new Map<PermissionName, true | string[]>([
  ["read", ["/a", "/b"]],
  ["ffi", true],
  ["net", true],
  [
    "run",
    true,
  ],
]);

const QUIET = ["PERM0001", "PERM0002", "PERM0006"].map((code) => `--disable-warning=${code}`);

test("flags of Deno allow what is granted, and nothing that was allowed before", () => {
  const before = ["run", "--no-prompt", "--allow-all", "-W=/", "--deny-net", "--config=/a.json"];
  assertEquals(withDenoPermissions(before, grants), [
    "run",
    "--config=/a.json",
    "--no-prompt",
    "--allow-read=/a,/b",
    "--allow-ffi",
    "--allow-net",
    "--allow-run",
  ]);
  assertEquals(withDenoPermissions(["run", "-A"], new Map()), ["run", "--no-prompt"]);
  assert(hasDenoPermissions(before) && !hasDenoPermissions(["run", "--allow-scripts"]));
});

test("flags of Node allow what is granted, and nothing that was allowed before", () => {
  const before = [
    "--no-warnings",
    "--permission",
    "--allow-fs-read",
    "/c",
    "--allow-fs-write=*",
    "--allow-wasi",
  ];
  const all = (): boolean => true;
  assertEquals(withNodePermissions(before, grants, ["/own"], all), [
    "--no-warnings",
    "--permission",
    "--allow-worker",
    "--allow-addons",
    "--allow-child-process",
    "--allow-net",
    ...QUIET,
    "--allow-fs-read=/own",
    "--allow-fs-read=/a",
    "--allow-fs-read=/b",
  ]);
  const every: Grants = new Map<PermissionName, true | string[]>([["read", true], ["write", [
    "/w",
  ]]]);
  assertEquals(withNodePermissions([], every, ["/own"], all).slice(2), [
    ...QUIET,
    "--allow-fs-read=*",
    "--allow-fs-write=/w",
  ]);
  assert(hasNodePermissions(before) && !hasNodePermissions(["--no-warnings", "/allow-"]));
});

test("a Node that does not know a flag is not given it", () => {
  const old = (flag: string): boolean =>
    !["--permission", "--allow-net", "--allow-addons", "--disable-warning"].includes(flag);
  assertEquals(withNodePermissions([], new Map([["ffi", true], ["net", true]]), [], old), [
    "--experimental-permission",
    "--allow-worker",
  ]);
});
