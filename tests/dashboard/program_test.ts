/** `serveDashboard` in whole programs: what it does to their end. */

import { writeFileSync } from "node:fs";
import { assertEquals } from "@std/assert";
import { freshPath } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { Listening, sendRaw } from "../support/page_client.ts";
import { startProgram } from "../support/programs.ts";

const TOKEN = "0123456789abcdefABCDEF_-";

conform("a page that is open does not keep its program from ending", async (note) => {
  const path = freshPath();
  const program = startProgram("dashboard.ts", "look", "0", TOKEN, path);
  const url = await program.line("url ");
  const page = new Listening(url);
  await page.until(({ snapshot }) => snapshot.pools[0]?.workers[0]?.task !== undefined);
  writeFileSync(`${path}-end`, "");
  const { code, stderr } = await program.ended;
  await page.ended();
  note([code, stderr]);
});

conform(
  "the next run of a program has the same address, and a page of the last one gets in",
  async (note) => {
    const path = freshPath();
    const first = startProgram("dashboard.ts", "look", "0", TOKEN, path);
    const url = await first.line("url ");
    const page = new Listening(url);
    const { snapshot } = await page.until(() => true);
    first.kill("SIGKILL");
    await first.ended;
    await page.ended();
    const { port } = new URL(url);
    note(await sendRaw(Number(port), "").catch((error) => error.code));
    const second = startProgram("dashboard.ts", "look", port, TOKEN, path);
    assertEquals(await second.line("url "), url);
    const again = new Listening(url);
    const update = await again.until(() => true);
    note([update.snapshot.program.id === snapshot.program.id, update.snapshot.program.name]);
    writeFileSync(`${path}-end`, "");
    note((await second.ended).code);
  },
);
