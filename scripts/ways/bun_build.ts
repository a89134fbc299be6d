/** Bun's bundler, and its executables. */

import { program, runBundle, runExecutable } from "../support/ways/bundled.ts";
import type { Project, Tool } from "../support/ways/way.ts";

function bundle(out: string, runtime: string, ...flags: string[]) {
  const command = ["bun", "build", "app.ts", "work.ts", `--target=${runtime}`, "--outdir", out];
  return (project: Project) =>
    runBundle(project, [[...command, ...flags]], { out, file: "app.js", runtime: [runtime] });
}

function compile(file: string, ...flags: string[]) {
  return async (project: Project) => {
    const command = ["bun", "build", "--compile", "single.ts", "--outfile", file, ...flags];
    const made = await project.run(command);
    if (made.code !== 0) return { works: false, output: made.output };
    return await runExecutable(project, file, ["process"]);
  };
}

export const tool: Tool = {
  name: "bun-build",
  section: "Bundlers",
  isQuick: true,
  files: program(),
  ways: [
    { name: "bun build --target=bun", run: bundle("for-bun", "bun") },
    { name: "bun build --target=bun --minify", run: bundle("small", "bun", "--minify") },
    { name: "bun build --target=node", run: bundle("for-node", "node") },
    { name: "bun build --compile", run: compile("compiled") },
    { name: "bun build --compile --minify", run: compile("compiled-small", "--minify") },
  ],
};
