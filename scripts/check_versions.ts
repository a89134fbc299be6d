/**
 * Checks that the manifests agree: name, version, licence, exports and ranges of `package.json` and `deno.json`, the import map
 * for offline runs, and the lock file, which must name no address of a registry.
 *
 * @module
 */

import { VERSION } from "../src/doctor/version.ts";
import { readJson } from "./support/files.ts";
import { report } from "./support/report.ts";

const npm = readJson("package.json");
const jsr = readJson("deno.json");
const offline = readJson("scripts/offline_imports.json").imports;
const lock = readJson("package-lock.json");

report([...fields(), ...ownVersion(), ...exports(), ...imports(), ...offlineMap(), ...lockFile()]);

function fields(): string[] {
  const names = ["name", "version", "license"].filter((name) => npm[name] !== jsr[name]);
  return names.map((name) => `${name}: package.json "${npm[name]}", deno.json "${jsr[name]}"`);
}

/** What the library says of itself. */
function ownVersion(): string[] {
  return VERSION === npm.version
    ? []
    : [`src/doctor/version.ts: "${VERSION}", not "${npm.version}"`];
}

/** What is imported by its name; npm has a command in place of `./cli`. */
function exports(): string[] {
  const [ofNpm, ofJsr] = [npm, jsr].map((manifest) => Object.keys(manifest.exports));
  const wanted = new Set(ofNpm.filter((name) => name !== "./package.json").concat("./cli"));
  const different = [...wanted, ...ofJsr].filter((name) =>
    !wanted.has(name) || !ofJsr.includes(name)
  );
  return different.map((name) => `exports: only one of package.json and deno.json has ${name}`);
}

/** A package that users get has one range in both manifests. */
function imports(): string[] {
  const ranges: Record<string, string> = { ...npm.dependencies, ...npm.optionalDependencies };
  return Object.entries(ranges)
    .filter(([name, range]) => jsr.imports[name] !== `npm:${name}@${range}`)
    .map(([name, range]) => `${name}: package.json ${range}, deno.json ${jsr.imports[name]}`);
}

/** The import map for offline runs has the same names, and differs for the JSR packages only. */
function offlineMap(): string[] {
  const names = new Set([...Object.keys(jsr.imports), ...Object.keys(offline)]);
  return [...names].filter((name) => {
    if (jsr.imports[name]?.startsWith("jsr:")) {
      return !offline[name]?.startsWith("../tests/support/");
    }
    return jsr.imports[name] !== offline[name];
  }).map((name) => `${name}: scripts/offline_imports.json does not fit deno.json`);
}

function lockFile(): string[] {
  const stale = lock.version === npm.version ? [] : ["package-lock.json: has another version"];
  const entries = Object.entries(lock.packages as Record<string, { resolved?: string }>);
  const addressed = entries.filter(([, entry]) => /^https?:/.test(entry.resolved ?? ""));
  return [...stale, ...addressed.map(([name]) => `package-lock.json: ${name} names a registry`)];
}
