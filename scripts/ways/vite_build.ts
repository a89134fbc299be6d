/** Vite's builds for the server, by Vite 7 (Rollup) and Vite 8 (Rolldown). */

import { program, runBundle } from "../support/ways/bundled.ts";
import type { Project, Tool } from "../support/ways/way.ts";

const CONFIG = `export default {
  logLevel: "error",
  ssr: process.env.OUTSIDE ? {} : { noExternal: true, external: ["koffi"] },
  build: {
    ssr: true,
    minify: Boolean(process.env.SMALL),
    outDir: process.env.OUT,
    rollupOptions: { input: { app: "app.ts", work: "work.ts" } },
  },
};
`;

function build(vite: string, out: string, external: boolean, env: Record<string, string> = {}) {
  const settings = Object.entries({ OUT: out, ...env }).map(([name, value]) => `${name}=${value}`);
  return (project: Project) =>
    runBundle(
      project,
      [["env", ...settings, "node", project.path(`node_modules/${vite}/bin/vite.js`), "build"]],
      { out, file: "app.js", external },
    );
}

export const tool: Tool = {
  name: "vite-build",
  section: "Bundlers",
  packages: { vite7: "npm:vite@^7.3.8", vite8: "npm:vite@^8.4.0" },
  files: { ...program(), "vite.config.mjs": CONFIG },
  ways: ["vite7", "vite8"].flatMap((vite) => [
    { name: `${vite} build --ssr`, run: build(vite, `${vite}-out`, true, { OUTSIDE: "1" }) },
    { name: `${vite} build --ssr, noExternal`, run: build(vite, `${vite}-in`, false) },
    {
      name: `${vite} build --ssr, noExternal, minified`,
      run: build(vite, `${vite}-small`, false, { SMALL: "1" }),
    },
  ]),
};
