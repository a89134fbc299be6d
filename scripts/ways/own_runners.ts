/** The test runners of the runtimes, and their own way to run TypeScript. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Tool } from "../support/ways/way.ts";

/** Promises of it are not awaited, as of the others: its tests run one after the other anyhow. */
const NODE = `import { test as nodeTest } from "node:test";
const test = (name: string, run) => void nodeTest(name, run);`;

const deno = ["--allow-all", "--no-check", "--node-modules-dir=manual"];

export const tool: Tool = {
  name: "own-runners",
  section: "Test runners",
  isQuick: true,
  files: {
    ...suite({ file: "node.test.ts", extension: "ts", importTest: NODE }),
    ...suite({
      file: "bun.test.ts",
      extension: "ts",
      importTest: `import { test } from "bun:test";`,
    }),
    ...suite({ file: "all.ts", extension: "ts" }),
  },
  ways: [
    ["node --test", "node", "--test", "node.test.ts"],
    ["bun test", "bun", "test", "bun.test.ts"],
    ["deno test", "deno", "test", ...deno, "node.test.ts"],
    ["node all.ts", "node", "all.ts"],
    ["bun all.ts", "bun", "all.ts"],
    ["deno run all.ts", "deno", "run", ...deno, "all.ts"],
  ].map(([name, ...command]) => ({ name, run: (project) => runSuite(project, command) })),
};
