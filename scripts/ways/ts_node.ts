/** ts-node, a loader of TypeScript. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Tool } from "../support/ways/way.ts";

const tsconfig = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    allowImportingTsExtensions: true,
    noEmit: true,
  },
  "ts-node": { transpileOnly: true },
};

export const tool: Tool = {
  name: "ts-node",
  section: "Loaders",
  packages: { "ts-node": "^10.9.2", typescript: "~5.9.3" },
  files: {
    ...suite({ file: "all.ts", extension: "ts" }),
    "tsconfig.json": JSON.stringify(tsconfig),
  },
  ways: [{
    name: "node --loader ts-node/esm",
    run: (project) =>
      runSuite(project, ["node", "--no-warnings", "--loader", "ts-node/esm", "all.ts"]),
  }],
};
