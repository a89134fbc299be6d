/**
 * Takes the picture of the dashboard that stands in `docs/dashboard.md`: starts a busy program, watches it for a while, and writes
 * `docs/dashboard.png`. Needs Chromium on the path.
 *
 * ```sh
 * node scripts/screenshot_dashboard.ts              # for a minute
 * node scripts/screenshot_dashboard.ts --seconds 10
 * ```
 *
 * @module
 */

import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { chromiumFlags, chromiumPath } from "./support/chromium.ts";
import { inRoot } from "./support/paths.ts";

const PICTURE = inRoot("docs/dashboard.png");
/** How large (bytes) the picture may be. */
const MOST = 300_000;

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const program = spawn(process.execPath, [inRoot("scripts/screenshot/program.ts")], {
  stdio: ["ignore", "pipe", "ignore"],
});
try {
  const url = await firstLine();
  const executablePath = chromiumPath() ?? undefined;
  const browser = await chromium.launch({
    executablePath,
    args: [...chromiumFlags, "--disable-font-subpixel-positioning", "--font-render-hinting=full"],
  });
  const viewport = { width: 1440, height: 900 };
  const page = await browser.newPage({ viewport, colorScheme: "light" });
  await page.goto(url);
  await sleep(Number(values.seconds) * 1000);
  await page.screenshot({ path: PICTURE, fullPage: true });
  await browser.close();
} finally {
  program.kill("SIGKILL");
}
const { size } = statSync(PICTURE);
console.log(`docs/dashboard.png: ${size} bytes`);
if (size > MOST) throw new Error(`It has more than ${MOST} bytes`);

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: program.stdout })) return line;
  throw new Error("The program ended before it served its page");
}
