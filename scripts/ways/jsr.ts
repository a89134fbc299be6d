/** Deno with the sources from a server, as from JSR: modules that are no files. */

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inRoot } from "../support/paths.ts";
import { runSuite, suite } from "../support/ways/suite.ts";
import type { Outcome, Project, Tool } from "../support/ways/way.ts";

export const tool: Tool = {
  name: "jsr",
  section: "Packages",
  files: suite({ file: "all.ts", extension: "ts" }),
  ways: [{ name: "deno run, sources over HTTP as from JSR", run: runFromServer }],
};

async function runFromServer(project: Project): Promise<Outcome> {
  const server = await serveSources();
  const { port } = server.address() as AddressInfo;
  const { imports } = JSON.parse(readFileSync(inRoot("deno.json"), "utf8"));
  const own = { ...imports, "@allcores/multiprocessing": `http://127.0.0.1:${port}/mod.ts` };
  project.write("deno.json", JSON.stringify({ imports: own, nodeModulesDir: "none" }));
  try {
    const flags = ["--allow-all", "--no-check", "--no-lock"];
    return await runSuite(project, ["deno", "run", ...flags, "all.ts"]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function serveSources(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname.slice(1);
    if (path !== "mod.ts" && !path.startsWith("src/")) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/typescript" });
    return response.end(readFileSync(inRoot(path)));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
