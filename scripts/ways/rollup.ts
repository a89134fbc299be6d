/** Rollup and Rolldown. */

import { program, runBundle } from "../support/ways/bundled.ts";
import type { Project, Tool } from "../support/ways/way.ts";

const CONFIG = `import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import resolve from "@rollup/plugin-node-resolve";
export default ["mjs", "cjs"].map((extension) => ({
  input: { app: "app.js", work: "work.js" },
  external: [/^node:/, "koffi"],
  plugins: [resolve(), commonjs(), json()],
  output: {
    dir: "rollup-" + extension,
    format: extension === "mjs" ? "es" : "cjs",
    entryFileNames: "[name]." + extension,
    chunkFileNames: "[name]-[hash]." + extension,
  },
}));
`;

function rollup(extension: string) {
  return (project: Project) =>
    runBundle(project, [[project.bin("rollup"), "--config", "--silent"]], {
      out: `rollup-${extension}`,
      file: `app.${extension}`,
    });
}

function rolldown(out: string, ...flags: string[]) {
  const command = ["app.js", "work.js", "--dir", out, "--platform", "node", "--format", "esm"];
  return (project: Project) =>
    runBundle(project, [[project.bin("rolldown"), ...command, ...flags]], { out, file: "app.js" });
}

export const tool: Tool = {
  name: "rollup",
  section: "Bundlers",
  packages: {
    rollup: "^4.60.0",
    rolldown: "^1.3.3",
    "@rollup/plugin-commonjs": "*",
    "@rollup/plugin-json": "*",
    "@rollup/plugin-node-resolve": "*",
  },
  files: { ...program(), "rollup.config.mjs": CONFIG },
  ways: [
    { name: "rollup, es", run: rollup("mjs") },
    { name: "rollup, cjs", run: rollup("cjs") },
    { name: "rolldown", run: rolldown("rolldown") },
    { name: "rolldown --minify", run: rolldown("rolldown-small", "--minify") },
  ],
};
