/** Vite's development server, by which frameworks run modules on the server: it evaluates them itself. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Tool } from "../support/ways/way.ts";

/** A server that loads the module of checks; with `inline`, this library too. */
const SERVER = `import { createServer } from "vite";
const noExternal = process.argv.includes("inline") ? ["@allcores/multiprocessing"] : [];
const server = await createServer({
  appType: "custom",
  server: { middlewareMode: true, ws: false, watch: null },
  ssr: { noExternal },
});
try {
  await server.ssrLoadModule("/all.ts");
} finally {
  await server.close();
}
`;

export const tool: Tool = {
  name: "vite-dev",
  section: "Test runners",
  packages: { vite: "^8.4.0" },
  files: { ...suite({ file: "all.ts", extension: "ts" }), "server.mjs": SERVER },
  ways: [
    {
      name: "vite ssrLoadModule",
      run: (project) => runSuite(project, ["node", "server.mjs"]),
    },
    {
      name: "vite ssrLoadModule, ssr.noExternal",
      run: (project) => runSuite(project, ["node", "server.mjs", "inline"]),
    },
  ],
};
