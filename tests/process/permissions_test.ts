/**
 * The option `permissions`: a child is held to it, or it is refused with the reason.
 *
 * On Deno the programs have the flag without which threads cannot be held to anything.
 *
 * @module
 */

import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { NotSupportedError } from "../../mod.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { commandOf, startCommand } from "../support/programs.ts";

const isDeno = "deno" in process.versions;
const isNode = !isDeno && !("bun" in process.versions);
/** What no child process can be refused. */
const NEEDED = { ffi: true, net: true, env: true, sys: true };
const cannot = isDeno || isNode && method === "process"
  ? false
  : "a child has the permissions of its creator (permissions)";
const file = fileURLToPath(new URL("../fixtures/programs/permissions.ts", import.meta.url));
const library = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the program with flags of its own. */
async function tell(
  permissions: unknown,
  flags: string[] | null = null,
  runtime: string[] = [],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "permissions-"));
  try {
    const [kept, other] = ["kept", "other"].map((name) => join(folder, name));
    for (const path of [kept, other]) writeFileSync(path, "text");
    const given = JSON.stringify(permissions).replaceAll("KEPT", kept);
    const [executable, ...rest] = commandOf(file);
    const own = flags ??
      (isDeno ? [rest[0], "--unstable-worker-options", ...rest.slice(1, -1)] : []);
    const command = [executable, ...own, file, method, given, kept, other, ...runtime];
    const { code, stdout, stderr } = await startCommand(command).ended;
    assertEquals(code, 0, stderr);
    return stdout.trim().replace(/\d+ ms/g, "").replaceAll(folder, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

conform("a child may do what it is allowed, and nothing else", async (note) => {
  const seen = [
    await tell({ ...NEEDED, read: ["KEPT"] }),
    await tell({ ...NEEDED, read: true, write: false }),
    await tell({ ...NEEDED, read: true, write: true, run: true }),
    await tell({ ...NEEDED, read: [] }),
  ];
  assertEquals(seen, [
    "yes,no,no,no\n2",
    "yes,yes,no,no\n1",
    "yes,yes,yes,yes\n1",
    "no,no,no,no\n2",
  ]);
  note(seen);
}, { skip: cannot, limit: 120_000 });

conform("a thread does without what a process needs", async () => {
  assertEquals(await tell({}), "no,no,no,no\n2");
  assertEquals(await tell({ read: ["KEPT"] }), "yes,no,no,no\n2");
}, {
  skip: isDeno && method === "thread"
    ? cannot
    : "shared memory and sockets are needed (permissions)",
});

conform("what a child would need and does not get is refused", async () => {
  assertStringIncludes(await tell({ read: ["KEPT"] }), 'cannot do without "ffi", "net"');
  assertStringIncludes(await tell({ ...NEEDED, net: ["a:1"] }), 'all of "net", or nothing');
  if (isNode) {
    assertStringIncludes(
      await tell({ ffi: true, net: true }),
      'cannot keep a process from "env", "sys"',
    );
    assertStringIncludes(await tell({ ...NEEDED, run: ["ls"] }), 'all of "run", or nothing');
  }
}, { skip: method === "thread" ? "only processes need anything (permissions)" : cannot });

conform("a child gets nothing that its creator has not got", async () => {
  const needed = { ...NEEDED, env: true };
  const deno = [
    "run",
    "--no-prompt",
    "--no-check",
    "--unstable-worker-options",
    `--config=${library}deno.json`,
    "--allow-import",
    "--allow-ffi",
    "--allow-net",
    "--allow-env",
    "--allow-sys",
    "--allow-run",
    `--allow-read=${library}`,
  ];
  const node = [
    "--permission",
    "--allow-addons",
    "--allow-child-process",
    "--allow-worker",
    `--allow-fs-read=${library}`,
  ];
  const flags = isDeno ? deno : node;
  // A thread cannot be held to anything where the program does not see its own command line.
  const start = method === "thread" && isDeno ? { DENO_UNSTABLE_WORKER_OPTIONS: "1" } : {};
  Object.assign(process.env, start);
  try {
    for (const wider of [{ read: true }, { read: ["KEPT"] }, { write: true }]) {
      const said = await tell({ ...needed, ...wider }, flags);
      assertStringIncludes(said, "this program has no permission for all of ");
    }
    assertEquals(await tell({ ...needed, read: [library] }, flags), "no,no,no,no\n2");
  } finally {
    delete process.env.DENO_UNSTABLE_WORKER_OPTIONS;
  }
}, { skip: cannot, limit: 120_000 });

conform("a child on Deno is held to its permissions, whatever its creator runs on", async () => {
  assertEquals(await tell({ ...NEEDED, read: ["KEPT"] }, null, ["deno"]), "yes,no,no,no\n2");
}, {
  skip: mp.capabilities.otherRuntime
    ? false
    : "a thread runs on its process's runtime (otherRuntime)",
});

conform("where a child cannot be held to permissions, the reason is said", () => {
  for (
    const make of [
      () => new mp.Process({ target: () => {}, permissions: {} }),
      () => new mp.Pool({ processes: 1, permissions: { read: true } }),
    ]
  ) {
    assertThrows(make, NotSupportedError, 'A child cannot have these "permissions": ');
  }
}, {
  skip: isDeno && method === "process" || isNode && method === "process"
    ? "they can be kept (permissions)"
    : false,
});

conform("permissions of a wrong form are refused", (note) => {
  const wrong: unknown[] = [
    null,
    "none",
    ["read"],
    { files: true },
    { read: 1 },
    { read: ["data"] },
    { read: ["/a,/b"] },
    { write: ["/tmp/*"] },
    { write: [new URL("https://a.b/")] },
    { net: [5] },
    { env: [""] },
  ];
  for (const permissions of wrong) {
    const make = () => new mp.Process({ target: () => {}, permissions: permissions as never });
    note(assertThrows(make, TypeError, "permissions").message);
    assertThrows(
      () => new mp.Pool({ permissions: permissions as never }),
      TypeError,
      "permissions",
    );
  }
});

conform("permissions and flags that say the same exclude each other", () => {
  const permissions = { ...NEEDED, read: [pathToFileURL("/usr")] };
  const execArgv = [isDeno ? "--allow-read" : "--permission"];
  assertThrows(() => new mp.Process({ permissions, execArgv }), TypeError, '"execArgv" both say');
}, { skip: method === "thread" ? "a thread has no flags of its own (execArgv)" : cannot });
