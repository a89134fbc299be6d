/** `serveDashboard` in whole programs: what it does to their end. */

import { writeFileSync } from "node:fs";
import { assertEquals } from "@std/assert";
import { freshPath } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { Listening, sendRaw } from "../support/page_client.ts";
import { startProgram } from "../support/programs.ts";

const TOKEN = "0123456789abcdefABCDEF_-";

conform("a page that is open does not keep its program from ending", async () => {
  const path = freshPath();
  const program = startProgram("dashboard.ts", "look", "0", TOKEN, path);
  const url = await program.line("url ");
  const page = new Listening(url);
  await page.until(({ snapshot }) => snapshot.pools[0]?.workers[0]?.task !== undefined);
  writeFileSync(`${path}-end`, "");
  const { code, stderr } = await program.ended;
  await page.ended();
  assertEquals([code, stderr], [0, ""]);
});

conform(
  "the next run of a program has the same address, and a page of the last one gets in",
  async () => {
    const path = freshPath();
    const first = startProgram("dashboard.ts", "look", "0", TOKEN, path);
    const url = await first.line("url ");
    const page = new Listening(url);
    const { snapshot } = await page.until(() => true);
    first.kill("SIGKILL");
    await first.ended;
    await page.ended();
    const { port } = new URL(url);
    assertEquals(await sendRaw(Number(port), "").catch((error) => error.code), "ECONNREFUSED");
    const second = startProgram("dashboard.ts", "look", port, TOKEN, path);
    assertEquals(await second.line("url "), url);
    const again = new Listening(url);
    const update = await again.until(() => true);
    assertEquals(update.snapshot.program.id === snapshot.program.id, false);
    assertEquals(update.snapshot.program.name, "dashboard.ts");
    writeFileSync(`${path}-end`, "");
    assertEquals((await second.ended).code, 0);
  },
);
