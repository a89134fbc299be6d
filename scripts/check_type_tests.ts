/**
 * Checks the types that the npm package gives its users: packs it, installs the tarball in a folder of its own beside several
 * versions of TypeScript, and compiles `tests/types` there with each of them, with `nodenext` and `bundler`, with and without
 * `@types/node`, and with the declarations of libraries checked. Then `attw` and `publint` look at the tarball.
 *
 * ```sh
 * npm run check:types                            # 5.4 5.9 7
 * npm run check:types -- 5.4 5.5 5.6 5.7 5.8 5.9 6.0 7
 * ```
 *
 * @module
 */

import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type CommandResult, runCommand } from "./support/command.ts";
import { readJson, readText } from "./support/files.ts";
import { inRoot } from "./support/paths.ts";
import { executable } from "./support/runtimes.ts";
import { sideBySide } from "./support/side_by_side.ts";
import { indent } from "./support/text.ts";

const FILES = ["equalities.ts", "refusals.ts"];
/** Fewer of a kind would not be about the whole API. */
const LEAST = 60;
/** What surrounds a user's program: the module that types are resolved for, and where the types of the platform come from. */
const SURROUNDINGS = ["nodenext", "bundler"].flatMap((resolution) => [
  { resolution, types: ["node"], lib: ["es2022"] },
  { resolution, types: [], lib: ["es2022", "dom"] },
]);

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const node = executable("node");
const versions = process.argv.length > 2 ? process.argv.slice(2) : ["5.4", "5.9", "7"];
const folder = mkdtempSync(join(tmpdir(), "act-"));

try {
  count(/\bequal<\w/g, FILES[0], "equalities");
  count(/@ts-expect-error \w/g, FILES[1], "refusals");
  const tarball = await prepare();
  const runs: [string, string[]][] = [
    ...versions.flatMap(compilations),
    ["attw", tool("@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only")],
    ["publint", tool("publint/src/cli.js", "run", tarball, "--strict")],
  ];
  await sideBySide(runs, availableParallelism(), ([name, command]) => check(name, command));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Says how many tests of a kind there are. */
function count(kind: RegExp, file: string, name: string): void {
  const found = readText(`tests/types/${file}`).match(kind)?.length ?? 0;
  print(found >= LEAST, `${found} ${name}`);
}

/** Leaves a folder with the installed package, the compilers as `typescript5.4` and so on, and the tests; gives the tarball. */
async function prepare(): Promise<string> {
  await succeed([npm, "pack", "--silent", "--pack-destination", folder], inRoot());
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  const compilers = versions.map((version) => [alias(version), `npm:typescript@${version}`]);
  const manifest = {
    private: true,
    type: "module",
    dependencies: {
      "@allcores/multiprocessing": `file:./${tarball}`,
      "@arethetypeswrong/cli": "^0.18.5",
      "@types/node": "^24.0.0",
      "publint": "^0.3.25",
      ...Object.fromEntries(compilers),
    },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  for (const file of FILES) copyFileSync(inRoot("tests/types", file), join(folder, file));
  // Whatever else can be imported is typed, too.
  const others = Object.keys(readJson("package.json").exports).filter((name) =>
    /^\.\/\w+$/.test(name)
  );
  const imports = others.map((name) => `import "@allcores/multiprocessing/${name.slice(2)}";\n`);
  writeFileSync(join(folder, "others.ts"), imports.join(""));
  await succeed(
    [npm, "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"],
    folder,
  );
  return tarball;
}

function alias(version: string): string {
  return `typescript${version}`;
}

/** The compilations of one version of TypeScript, with their names. */
function compilations(version: string): [string, string[]][] {
  return SURROUNDINGS.map(({ resolution, types, lib }) => {
    const kind = types.length === 0 ? "dom" : "node";
    const config = join(folder, `${alias(version)}-${resolution}-${kind}.json`);
    const compilerOptions = {
      target: "es2022",
      lib,
      module: resolution === "nodenext" ? resolution : "esnext",
      moduleResolution: resolution,
      types,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(config, JSON.stringify({ compilerOptions, files: [...FILES, "others.ts"] }));
    return [
      `TypeScript ${version}, ${resolution}, types of ${kind}`,
      tool(`${alias(version)}/bin/tsc`, "-p", config),
    ];
  });
}

/** A program of an installed package. */
function tool(path: string, ...args: string[]): string[] {
  return [node, join(folder, "node_modules", path), ...args];
}

async function check(name: string, command: string[]): Promise<void> {
  const result = await run(command, folder);
  print(result.code === 0, name);
  if (result.code !== 0) console.log(indent(result.output.trimEnd()));
}

function print(good: boolean, name: string): void {
  console.log(`${good ? "ok    " : "FAILED"} ${name}`);
  if (!good) process.exitCode = 1;
}

function run(command: string[], cwd: string): Promise<CommandResult> {
  return runCommand(command, { cwd, env: { NO_COLOR: "1" }, timeout: 180_000 });
}

async function succeed(command: string[], cwd: string): Promise<void> {
  const result = await run(command, cwd);
  if (result.code === 0) return;
  throw new Error(`${command.join(" ")} failed:\n${result.output}`);
}
