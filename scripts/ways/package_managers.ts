/** Package managers that lay packages out in another way than npm: by links, or in archives. */

import { runSuite, suite } from "../support/ways/suite.ts";
import type { Outcome, Project, Tool } from "../support/ways/way.ts";

export const tool: Tool = {
  name: "package-managers",
  section: "Packages",
  packages: { pnpm: "^10.0.0", "@yarnpkg/cli-dist": "^4.18.1" },
  files: {
    ...inFolder("pnpm", suite({ file: "all.js", extension: "js" })),
    ...inFolder("pnp", suite({ file: "all.js", extension: "js" })),
    "pnp/.yarnrc.yml": "enableGlobalCache: false\nenableImmutableInstalls: false\n",
    "pnp/yarn.lock": "",
  },
  ways: [
    { name: "pnpm", run: runWithLinks },
    { name: "Yarn 4, Plug'n'Play", run: runWithArchives },
  ],
};

function inFolder(folder: string, files: Record<string, string>): Record<string, string> {
  const entries = Object.entries(files);
  return Object.fromEntries(entries.map(([name, text]) => [`${folder}/${name}`, text]));
}

async function runWithLinks(project: Project): Promise<Outcome> {
  writeManifest(project, "pnpm");
  // It ends with an error where it did not run a package's install script, and has installed all the same.
  const { output } = await project.run([project.bin("pnpm"), "--dir", "pnpm", "install"]);
  const outcome = await runSuite(project, ["node", "pnpm/all.js"]);
  return { ...outcome, output: `${output}\n${outcome.output}` };
}

async function runWithArchives(project: Project): Promise<Outcome> {
  writeManifest(project, "pnp");
  const yarn = [project.bin("yarn"), "--cwd", "pnp"];
  const { output } = await project.run([...yarn, "install"]);
  const outcome = await runSuite(project, [...yarn, "node", "all.js"]);
  return { ...outcome, output: `${output}\n${outcome.output}` };
}

function writeManifest({ tarball, write }: Project, folder: string): void {
  const dependencies = { "@allcores/multiprocessing": `file:${tarball}` };
  write(`${folder}/package.json`, JSON.stringify({ type: "module", private: true, dependencies }));
}
