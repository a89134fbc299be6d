/** Single executables of Node 24 (by postject) and 26 (by Node itself). */

import { chmodSync, copyFileSync } from "node:fs";
import { program, runExecutable } from "../support/ways/bundled.ts";
import type { Outcome, Project, Tool } from "../support/ways/way.ts";

const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

function config(main: string, extra: Record<string, unknown>): string {
  const assets = { [main.endsWith("cjs") ? "allcores.cjs" : "allcores.mjs"]: main };
  return JSON.stringify({ main, disableExperimentalSEAWarning: true, assets, ...extra });
}

/** Makes an executable; then runs it, with `koffi` beside it or by threads. */
function single(version: number, kind: string, method: string, source = "single") {
  const file = `node${version}-${kind}-${method}-${source}`;
  return async (project: Project): Promise<Outcome> => {
    const flags = ["--bundle", "--platform=node", `--outfile=single.${kind}`, "--log-level=error"];
    const format = `--format=${kind === "mjs" ? "esm" : "cjs"}`;
    const commands = [[project.bin("esbuild"), `${source}.ts`, ...flags, format]];
    const node = project.path(`node_modules/node${version}/bin/node`);
    if (version === 26) commands.push([node, "--build-sea", `${kind}26.json`]);
    else commands.push([node, "--experimental-sea-config", "cjs24.json"]);
    const built = version === 26 ? project.path(`built-${kind}`) : node;
    for (const command of commands) {
      const made = await project.run(command);
      if (made.code !== 0) return { works: false, output: made.output };
    }
    copyFileSync(built, project.path(file));
    chmodSync(project.path(file), 0o755);
    if (version === 24) {
      const inject = [project.bin("postject"), file, "NODE_SEA_BLOB", "single.blob"];
      const made = await project.run([...inject, "--sentinel-fuse", FUSE]);
      if (made.code !== 0) return { works: false, output: made.output };
    }
    return await runExecutable(project, file, [method], { koffi: method === "process" });
  };
}

export const tool: Tool = {
  name: "node-sea",
  section: "Executables",
  packages: {
    esbuild: "^0.28.2",
    postject: "*",
    node24: "npm:node@24.21.0",
    node26: "npm:node@26.10.0",
  },
  manifest: {
    allowScripts: { koffi: true, esbuild: true, node24: true, node26: true, node: true },
  },
  files: {
    ...program(),
    "cjs24.json": config("single.cjs", { output: "single.blob" }),
    "cjs26.json": config("single.cjs", { output: "built-cjs" }),
    "mjs26.json": config("single.mjs", { output: "built-mjs", mainFormat: "module" }),
  },
  ways: [[24, "cjs"], [26, "cjs"], [26, "mjs"]].flatMap(([version, kind]) => {
    const name = `Node ${version}, ${kind === "mjs" ? "ES module" : "CommonJS"}`;
    return [
      ...["process", "thread"].map((method) => ({
        name: `${name}, ${method}, ${method === "process" ? "koffi beside it" : "without koffi"}`,
        run: single(version as number, kind as string, method),
      })),
      {
        name: `${name}, without freezeSupport()`,
        refused: /put `await freezeSupport\(\)` first/,
        run: single(version as number, kind as string, "process", "unguarded"),
      },
    ];
  }),
};
