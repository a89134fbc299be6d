/** esbuild, and tsup, which is made of it. */

import { program, runBundle } from "../support/ways/bundled.ts";
import type { Project, Tool } from "../support/ways/way.ts";

/** For CommonJS modules: the address of the file, which esbuild does not give them. */
const addresses = [
  "--define:import.meta.url=importMetaUrl",
  "--banner:js=const importMetaUrl = require('node:url').pathToFileURL(__filename).href;",
];

function esbuild(out: string, extension: string, ...flags: string[]) {
  return (project: Project, runtime?: string[]) => {
    const fixed = ["app.ts", "work.ts", "--bundle", "--platform=node", "--log-level=error"];
    const place = [`--outdir=${out}`, `--out-extension:.js=.${extension}`];
    const external = flags.some((flag) => flag.startsWith("--packages"));
    return runBundle(project, [[project.bin("esbuild"), ...fixed, ...place, ...flags]], {
      out,
      file: `app.${extension}`,
      external,
      runtime,
    });
  };
}

const one = esbuild("one", "mjs", "--format=esm");
const small = esbuild("small", "mjs", "--format=esm", "--minify");

export const tool: Tool = {
  name: "esbuild",
  section: "Bundlers",
  packages: { esbuild: "^0.28.2", tsup: "8.5.1", typescript: "~5.9.3" },
  isQuick: true,
  files: {
    ...program(),
    "tsup.config.mjs": `export default { entry: ["app.ts", "work.ts"], format: ["esm", "cjs"],
  outDir: "tsup", shims: true, noExternal: [/.*/], external: ["koffi"] };`,
  },
  ways: [
    { name: "esbuild", run: (project) => one(project) },
    { name: "esbuild --minify", isQuick: false, run: (project) => small(project) },
    {
      name: "esbuild, on Bun",
      isQuick: false,
      run: esbuildOn("bun", "bun"),
    },
    {
      name: "esbuild, on Deno",
      isQuick: false,
      run: esbuildOn("deno", "deno", "run", "--allow-all"),
    },
    {
      name: "esbuild --splitting",
      isQuick: false,
      run: (project) => esbuild("split", "mjs", "--format=esm", "--splitting")(project),
    },
    {
      name: "esbuild --packages=external",
      isQuick: false,
      run: (project) => esbuild("outside", "mjs", "--format=esm", "--packages=external")(project),
    },
    {
      name: "esbuild --format=cjs",
      run: (project) => esbuild("common", "cjs", "--format=cjs", ...addresses)(project),
    },
    {
      name: "tsup",
      isQuick: false,
      run: (project) =>
        runBundle(project, [[project.bin("tsup")]], { out: "tsup", file: "app.js" }),
    },
  ],
};

function esbuildOn(
  name: string,
  ...runtime: string[]
): (project: Project) => ReturnType<typeof one> {
  return (project) => esbuild(`on-${name}`, "mjs", "--format=esm")(project, runtime);
}
