/** jest with ES modules, which evaluates modules itself, this library among them. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Tool } from "../support/ways/way.ts";

const flags = ["--experimental-vm-modules", "--no-warnings"];

export const tool: Tool = {
  name: "jest",
  section: "Test runners",
  packages: { jest: "^30.5.2" },
  isQuick: true,
  files: suite({
    file: "all.test.js",
    extension: "js",
    importTest: `import { test } from "@jest/globals";`,
  }),
  manifest: { jest: { transform: {} } },
  ways: [
    {
      name: "jest --experimental-vm-modules",
      run: (project) => runSuite(project, ["node", ...flags, project.bin("jest")]),
    },
    {
      name: "jest --experimental-vm-modules --workerThreads",
      isQuick: false,
      run: (project) =>
        runSuite(project, ["node", ...flags, project.bin("jest"), "--workerThreads"]),
    },
  ],
};
