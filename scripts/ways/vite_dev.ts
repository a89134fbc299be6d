/** Vite's development server, by which frameworks run modules on the server: it evaluates them itself. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Tool } from "../support/ways/way.ts";

/** A server that loads the module of checks. */
const SERVER = `import { createServer } from "vite";
const server = await createServer({
  appType: "custom",
  server: { middlewareMode: true, ws: false, watch: null },
});
try {
  await server.ssrLoadModule("/all.ts");
} finally {
  await server.close();
}
`;

const files = {
  ...suite({ file: "all.ts", extension: "ts", registersErrors: true }),
  "server.mjs": SERVER,
};

export const tool: Tool = {
  name: "vite-dev",
  section: "Test runners",
  packages: { vite: "^8.4.0", "vite-7": "npm:vite@^7.3.8" },
  files: {
    ...files,
    "server_7.mjs": SERVER.replace(`"vite"`, `"vite-7"`),
  },
  ways: [
    { name: "vite 8 ssrLoadModule", run: (project) => runSuite(project, ["node", "server.mjs"]) },
    { name: "vite 7 ssrLoadModule", run: (project) => runSuite(project, ["node", "server_7.mjs"]) },
  ],
};
