/** tsx, a loader of TypeScript. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Tool } from "../support/ways/way.ts";

export const tool: Tool = {
  name: "tsx",
  section: "Loaders",
  packages: { tsx: "^4.23.15" },
  files: suite({ file: "all.ts", extension: "ts" }),
  ways: [
    { name: "tsx", run: (project) => runSuite(project, [project.bin("tsx"), "all.ts"]) },
    {
      name: "node --import tsx",
      run: (project) => runSuite(project, ["node", "--import", "tsx", "all.ts"]),
    },
  ],
};
