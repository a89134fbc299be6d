/**
 * What the doctor finds: here, and where something is missing.
 */

import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { doctor } from "../../src/doctor/mod.ts";
import type { DoctorOptions } from "../../src/doctor/types.ts";
import { ENV, MAIN, readReport, type Reported, runDoctor } from "../support/doctor_runs.ts";
import { canRun, OWN_DEV, PLACE } from "../support/own_places.ts";
import { startCommand } from "../support/programs.ts";

const { deno, bun } = process.versions as Record<string, string | undefined>;
const limit = { timeout: 60_000 };
/** What tells of the machine, which may be a small one. */
const OF_MACHINE = [
  "memory folder",
  "large pages",
  "cores",
  "memory",
  "open files",
  "processes",
];

test("where all is there every check is ok", limit, async () => {
  const { code, report } = await runDoctor();
  const bad = report.checks.filter(({ status }) => status !== "ok");
  assertEquals(bad.filter(({ name }) => !OF_MACHINE.includes(name)), []);
  assertEquals(bad.filter(({ status }) => status === "failed"), []);
  assertEquals([code, report.works], [0, true]);
});

test("what was measured is told", limit, async () => {
  const { find } = await runDoctor();
  for (const method of ["process", "thread"]) {
    const { firstMs, secondMs, bytes, areRight } = find(`calls on ${method}`);
    assertEquals([Number(firstMs) > 0, Number(secondMs) > 0, bytes, areRight], [
      true,
      true,
      2 ** 22,
      true,
    ]);
  }
  const others = ["deno", "bun", "node"].map((name) => find(`runtime ${name}`));
  assertEquals(others.filter(({ isThis }) => isThis).length, 1);
  assertEquals(others.filter(({ childMs }) => Number(childMs) > 0).length, 2);
});

test("with few open files that is a warning, and the rest works", limit, async () => {
  const { code, find } = await runDoctor(["sh", "-c", 'ulimit -n 64 && exec "$@"', "sh"]);
  const { status, soft, advice } = find("open files");
  assertEquals([code, status, soft], [0, "warning", 64]);
  assertStringIncludes(advice!, "ulimit -n");
  assertEquals(find("calls on process").status, "ok");
});

test("without koffi there are threads, and the remedy is told", {
  ...limit,
  skip: deno === undefined && bun === undefined ? false : "only Node needs it",
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "bare-"));
  try {
    cpSync(new URL("../../src", import.meta.url), join(folder, "src"), { recursive: true });
    const main = join(folder, "src/cli/main.ts");
    const end = await startCommand([process.execPath, main, "doctor", "--json"], ENV).ended;
    const { code, find } = readReport(end);
    assertEquals([code, find("native code").status], [1, "failed"]);
    assertStringIncludes(find("native code").advice!, "npm install koffi");
    assertStringIncludes(find("method process").advice!, "npm install koffi");
    assertEquals(find("calls on process").status, "unknown");
    assertEquals(find("calls on thread").status, "ok");
    assertEquals(find("runtime bun").status, "unknown");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Runs the command in a mount namespace, whose folders were prepared. */
async function runThere(prepare: string): Promise<Reported> {
  const script = `${OWN_DEV}\n${prepare}\nexec "$@"`;
  return await runDoctor(["unshare", "-m", "sh", "-c", script, "sh"]);
}

const noNamespaces = canRun("true") ? false : "there are no mount namespaces";

test("without /dev/shm another folder is used, which is a warning", {
  ...limit,
  skip: noNamespaces,
}, async () => {
  const { code, find } = await runThere(`cd /; umount ${PLACE}; rmdir ${PLACE}`);
  const { status, folder, advice } = find("memory folder");
  assertEquals([code, status, folder], [0, "warning", "/tmp"]);
  assertStringIncludes(advice!, "mount -t tmpfs");
  assertEquals([find("named memory").status, find("calls on process").status], ["ok", "ok"]);
});

test("with 64 KiB in /dev/shm that is a warning", { ...limit, skip: noNamespaces }, async () => {
  const mount = `mount -t tmpfs -o mode=1777,size=64k tmpfs ${PLACE}`;
  const { code, find } = await runThere(`cd /; umount ${PLACE}; ${mount}`);
  const { status, size, advice } = find("memory folder");
  assertEquals([code, status, size], [0, "warning", 2 ** 16]);
  assertStringIncludes(advice!, "--shm-size");
  assertEquals(find("calls on process").status, "ok");
});

test("without /proc processes are refused, and the remedy is told", {
  ...limit,
  skip: bun !== undefined ? "Bun itself does not run without /proc" : noNamespaces,
}, async () => {
  const prepare = `
    work=$(mktemp -d); mount -t tmpfs tmpfs "$work"; mkdir "$work/self"
    for file in cpuinfo meminfo stat self/maps self/status self/stat; do cat "/proc/$file" > "$work/$file"; done
    ln -s "$1" "$work/self/exe"; mount --move "$work" /proc; rmdir "$work"`;
  const { code, find } = await runThere(prepare);
  assertEquals([code, find("/proc").status, find("method process").status], [
    1,
    ...deno === undefined ? ["failed"] : ["unknown"],
    "failed",
  ]);
  assertStringIncludes(find("method process").advice!, "mount -t proc");
  assertEquals(find("calls on thread").status, "ok");
});

/** Runs the command with some permissions only. */
async function runAllowed(...flags: string[]): Promise<Reported> {
  const command = [process.execPath, ...flags, MAIN, "doctor", "--json"];
  return readReport(await startCommand(command, ENV).ended);
}

test("a permission that Deno does not give is named, with its use", {
  ...limit,
  skip: deno === undefined ? "there are no such permissions" : false,
}, async () => {
  const allowed = ["run", "net", "read", "write", "env", "sys"].map((name) => `--allow-${name}`);
  const { code, find } = await runAllowed("run", "--no-prompt", ...allowed);
  const { status, found, advice } = find("permissions");
  assertEquals([code, status], [1, "warning"]);
  assertStringIncludes(found, "--allow-ffi");
  assertStringIncludes(advice!, "--allow-ffi: memory that processes share");
  assertStringIncludes(find("method process").advice!, "--allow-ffi");
  assertEquals([find("open files").status, find("calls on thread").status], ["unknown", "ok"]);
});

test("a permission that Node does not give is named, with its use", {
  ...limit,
  skip: deno !== undefined || bun !== undefined ? "there are no such permissions" : false,
}, async () => {
  const { code, find } = await runAllowed("--permission", "--allow-fs-read=*", "--allow-worker");
  const { status, advice } = find("permissions");
  assertEquals([code, status], [1, "warning"]);
  assertStringIncludes(advice!, "--allow-child-process: starting processes");
  assertEquals(advice!.includes("--allow-worker"), false);
  assertStringIncludes(find("method process").advice!, "--allow-child-process");
  assertEquals(find("calls on thread").status, "ok");
});

test("a runtime that has to be there and is not is a failure", limit, async () => {
  const other = deno === undefined ? "deno" : "bun";
  const folder = mkdtempSync(join(tmpdir(), "path-"));
  try {
    symlinkSync("/bin/true", join(folder, other));
    const report = async (env: Record<string, string>, ...args: string[]) => {
      const own = deno === undefined ? [] : ["run", "--allow-all", "--no-check"];
      const command = [process.execPath, ...own, MAIN, "doctor", "--json", ...args];
      return readReport(await startCommand(command, env).ended);
    };
    const named = await report({ PATH: "/nowhere" }, "--runtime", other);
    assertEquals([named.code, named.find(`runtime ${other}`).status], [1, "failed"]);
    const any = await report({ PATH: "/nowhere" });
    assertEquals([any.code, any.find(`runtime ${other}`).status], [0, "ok"]);
    const silent = await report({ PATH: folder }, "--runtime", other);
    assertEquals([silent.code, silent.find(`runtime ${other}`).version], [1, null]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what does not answer in time has failed, and is waited for no longer", limit, async () => {
  const { works, checks } = await doctor({
    timeout: 1,
    runtimes: [deno !== undefined ? "deno" : bun !== undefined ? "bun" : "node"],
  });
  const calls = checks.filter(({ name }) => name.startsWith("calls on"));
  assertEquals(calls.map(({ status, found }) => [status, found]), [
    ["failed", "no answer within 1 ms"],
    ["failed", "no answer within 1 ms"],
  ]);
  assertEquals(works, false);
});

test("wrong options are refused", async () => {
  const wrong: unknown[] = [{ runtimes: "node" }, { runtimes: ["perl"] }, { timeout: "1" }, {
    json: true,
  }];
  for (const options of wrong) {
    await assertRejects(() => doctor(options as DoctorOptions), TypeError);
  }
});
