/** webpack 5, as ES modules and as CommonJS modules. */

import { program, runBundle } from "../support/ways/bundled.ts";
import type { Project, Tool } from "../support/ways/way.ts";

/** webpack puts the address of the source on the machine of the build in place of `import.meta.url`, unless it is told not to. */
const CONFIG = `import path from "node:path";
import webpack from "webpack";
const { KIND, MODE } = process.env;
const shared = { mode: MODE, target: "node20", entry: { app: "./app.js", work: "./work.js" } };
const address = 'require("node:url").pathToFileURL(__filename).href';
export default KIND === "mjs"
  ? {
    ...shared,
    module: { parser: { javascript: { importMeta: false, url: false } } },
    experiments: { outputModule: true },
    output: {
      path: path.resolve("webpack-mjs-" + MODE),
      filename: "[name].mjs",
      chunkFilename: "[name].mjs",
      library: { type: "module" },
    },
  }
  : {
    ...shared,
    module: { parser: { javascript: { url: false } } },
    node: { __filename: false },
    plugins: [new webpack.DefinePlugin({ "import.meta.url": address })],
    output: {
      path: path.resolve("webpack-cjs-" + MODE),
      filename: "[name].cjs",
      chunkFilename: "[name].cjs",
      library: { type: "commonjs2" },
    },
  };
`;

function webpack(kind: string, mode: string) {
  const settings = [`KIND=${kind}`, `MODE=${mode}`];
  return (project: Project) =>
    runBundle(project, [["env", ...settings, project.bin("webpack"), "-c", "webpack.config.mjs"]], {
      out: `webpack-${kind}-${mode}`,
      file: `app.${kind}`,
    });
}

export const tool: Tool = {
  name: "webpack",
  section: "Bundlers",
  packages: { webpack: "^5.113.0", "webpack-cli": "*" },
  files: { ...program(), "webpack.config.mjs": CONFIG },
  ways: ["mjs", "cjs"].flatMap((kind) =>
    ["production", "development"].map((mode) => ({
      name: `webpack, ${kind === "mjs" ? "ES modules" : "CommonJS"}, ${mode}`,
      run: webpack(kind, mode),
    }))
  ),
};
