/** jest with ES modules, which evaluates modules itself, this library among them. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Tool } from "../support/ways/way.ts";

const flags = ["--experimental-vm-modules", "--no-warnings"];

/** Workers import the file of tests, too; there the global `test` is missing, and nobody asks for it. */
const GLOBAL = "const { test } = globalThis;";
const IMPORT = `import { test } from "@jest/globals";`;

export const tool: Tool = {
  name: "jest",
  section: "Test runners",
  packages: { jest: "^30.5.2" },
  isQuick: true,
  files: {
    ...suite({ file: "all.test.js", extension: "js", importTest: GLOBAL }),
    ...suite({ file: "importing.test.js", extension: "js", importTest: IMPORT }),
  },
  manifest: { jest: { transform: {} } },
  ways: [
    {
      name: "jest --experimental-vm-modules",
      run: (project) => runSuite(project, ["node", ...flags, project.bin("jest"), "all.test.js"]),
    },
    {
      name: "jest, own functions of a file that imports @jest/globals",
      isQuick: false,
      refused: /A worker imports modules without jest: put "twice" into one that needs nothing/,
      run: (project) => runSuite(project, ["node", ...flags, project.bin("jest"), "importing"]),
    },
    {
      name: "jest --coverage",
      isQuick: false,
      run: (project) =>
        runSuite(project, ["node", ...flags, project.bin("jest"), "--coverage", "all.test.js"]),
    },
    {
      name: "jest --experimental-vm-modules --workerThreads",
      isQuick: false,
      run: (project) =>
        runSuite(project, [
          "node",
          ...flags,
          project.bin("jest"),
          "--workerThreads",
          "all.test.js",
        ]),
    },
  ],
};
