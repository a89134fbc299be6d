/** vitest, which evaluates modules itself, in each of its pools. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Project, Tool } from "../support/ways/way.ts";

const pools = ["threads", "forks", "vmThreads", "vmForks"];

const coverage = ["--coverage.enabled", "--coverage.provider=istanbul"];

export const tool: Tool = {
  name: "vitest",
  section: "Test runners",
  packages: { vitest: "^4.1.12", "@vitest/coverage-istanbul": "^4.1.12" },
  isQuick: true,
  files: suite({
    file: "all.test.ts",
    extension: "ts",
    importTest: `import { test } from "vitest";`,
  }),
  ways: [
    ...pools.map((pool) => ({
      name: `vitest --pool=${pool}`,
      isQuick: pool === "threads" || pool === "forks",
      run: (project: Project) =>
        runSuite(project, [project.bin("vitest"), "run", `--pool=${pool}`]),
    })),
    {
      name: "vitest --coverage, by istanbul",
      isQuick: false,
      run: (project) => runSuite(project, [project.bin("vitest"), "run", ...coverage]),
    },
  ],
};
