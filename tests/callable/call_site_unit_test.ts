/** Which modules are calling, whatever their names and the program's settings are. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  callSiteModules,
  dropsTailCalls,
  LIBRARY_PREFIX,
  libraryPrefix,
} from "../../src/callable/call_site.ts";
import { unpackFunction } from "../../src/callable/unpack_function.ts";
import { pack, written } from "../support/packing.ts";

const LIBRARY = new URL("../../src/", import.meta.url).href;

test("callSiteModules() gives the modules on the stack, without this library", async () => {
  const here = import.meta.url;
  assert.equal(callSiteModules()[0], here);
  assert.deepEqual(callSiteModules(here).filter((url) => url === here), []);
  assert.ok(callSiteModules("none:")[0]?.endsWith("/src/callable/call_site.ts"));
  assert.ok(callSiteModules(LIBRARY).every((url) => /^(file|https?):/.test(url)));
  class Caller {
    sites: string[];
    constructor() {
      this.sites = callSiteModules(LIBRARY);
    }
  }
  assert.equal(new Caller().sites[0], here);
  async function later(): Promise<string[]> {
    await Promise.resolve();
    const sites = callSiteModules(LIBRARY);
    return sites;
  }
  assert.equal((await later())[0], here);
  assert.equal([1].map(() => callSiteModules(LIBRARY)[0])[0], here);
});

test("libraryPrefix() knows this library's modules from a user's bundle", () => {
  assert.equal(LIBRARY_PREFIX, LIBRARY);
  const packaged = "file:///app/node_modules/@allcores/multiprocessing/dist/";
  assert.equal(libraryPrefix(`${packaged}chunk-ABC.js`), packaged);
  const remote = "https://jsr.io/@allcores/multiprocessing/0.1.0/src/";
  assert.equal(libraryPrefix(`${remote}callable/call_site.ts`), remote);
  assert.equal(libraryPrefix("file:///app/dist/main.js"), "none:");
});

test("dropsTailCalls() tells whether `return f()` leaves a trace", () => {
  const run = written(
    "(sites) => { 'use strict'; function inner() { return sites() } return [inner()] }",
  );
  const [frames] = run(() => new Error().stack);
  assert.equal(dropsTailCalls(), !/\binner\b/.test(frames));
});

test("callSiteModules() does not touch, and does not need, a program's settings of Error", () => {
  const host = Error as unknown as Record<string, unknown>;
  const { stackTraceLimit, prepareStackTrace } = host;
  const own = (): string => "mine";
  try {
    for (const limit of [0, undefined, "many"]) {
      host.stackTraceLimit = limit;
      host.prepareStackTrace = own;
      const [first] = callSiteModules(LIBRARY);
      const [second] = callSiteModules(LIBRARY);
      assert.equal(first, import.meta.url);
      assert.equal(second, import.meta.url);
      assert.equal(host.stackTraceLimit, limit);
      assert.equal(host.prepareStackTrace, own);
    }
  } finally {
    host.stackTraceLimit = stackTraceLimit;
    host.prepareStackTrace = prepareStackTrace;
  }
});

test("callSiteModules() and exports work for modules with odd names", async () => {
  const folder = await mkdtemp(join(tmpdir(), "allcores 100% (ü) #"));
  try {
    const file = join(folder, "a b%41 (é)#.mjs");
    const source =
      "let n = 2; n += 0; export function odd(x) { return x + n } export function call(f) { try { return f() } finally { n; } }\n";
    await writeFile(file, source + "export const url = import.meta.url;");
    const module = await import(pathToFileURL(file).href);
    const sites = module.call(() => {
      const found = callSiteModules(LIBRARY);
      return found;
    });
    assert.ok(sites.includes(module.url), sites.join());
    const packed = await pack(module.odd, [module.url]);
    assert.deepEqual(packed, { kind: "ref", url: module.url, name: "odd" });
    assert.equal(await unpackFunction(packed), module.odd);
  } finally {
    await rm(folder, { recursive: true });
  }
});
