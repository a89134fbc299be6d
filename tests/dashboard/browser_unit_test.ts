/** The dashboard in a real browser: what it shows is what happens, on each runtime; and everybody can use it. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { assert, assertEquals } from "@std/assert";
import { type RuntimeName, runtimeNames } from "../../scripts/support/runtimes.ts";
import { PAGE } from "../../src/dashboard/page_files.ts";
import { openBrowser, skipBrowser as skip, startOn } from "../support/browser.ts";
import type { Program } from "../support/programs.ts";

const TOKEN = "0123456789abcdefABCDEF_-";
const LIMIT = 60_000;
/** Milliseconds that the page may take to show what has happened: what never comes ends the test by this. */
const PATIENCE = 20_000;

const folder = mkdtempSync(join(tmpdir(), "browser-"));
let browser: Browser;
let paths = 0;
const programs: Program[] = [];

before(async () => {
  if (skip === false) browser = await openBrowser();
});
after(async () => {
  for (const { kill } of programs) kill("SIGKILL");
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A program, its address, and the beginning of the names of the files that it waits for. */
interface Running {
  readonly program: Program;
  readonly url: string;
  readonly path: string;
}

async function start(name: RuntimeName, what: string, port: string = "0"): Promise<Running> {
  const path = join(folder, String(++paths));
  const program = startOn(name, "dashboard.ts", what, port, TOKEN, path);
  programs.push(program);
  return { program, url: await program.line("url "), path };
}

/** Lets a program end, and waits for that. */
async function finish({ program, path }: Running): Promise<void> {
  for (let i = 0; i < 20; i++) writeFileSync(`${path}-${i}`, "");
  writeFileSync(`${path}-end`, "");
  const { code, stderr } = await program.ended;
  assertEquals([code, stderr], [0, ""]);
}

interface View {
  width?: number;
  colorScheme?: "light" | "dark";
}

/** Opens a page, on which nothing may go wrong, and which may ask for nothing from elsewhere. */
async function open(url: string, { width = 1600, colorScheme }: View = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const { origin } = new URL(url);
  page.on(
    "request",
    (request) => assert(/^data:/.test(request.url()) || request.url().startsWith(`${origin}/`)),
  );
  page.on("pageerror", (error) => assert(false, String(error)));
  await page.goto(url);
  return page;
}

/** Waits until there is an element with this text. */
async function shows(locator: Locator, text: string | RegExp): Promise<void> {
  await locator.filter({ hasText: text }).first().waitFor();
}

const poolOf = (page: Page, number: number): Locator =>
  page.getByRole("article", { name: `Pool ${number}`, exact: true });

const tile = (page: Page, kind: string, pool: number = 1): Locator =>
  poolOf(page, pool).locator(`.tile[data-kind="${kind}"] strong`);

for (const name of runtimeNames) {
  test(`${name}: what the page shows is what happens`, { skip, timeout: LIMIT }, async () => {
    const running = await start(name, "work");
    await running.program.line("working");
    const page = await open(running.url);
    await shows(page.getByRole("status"), /^Live$/);
    await shows(tile(page, "done"), /^20$/);
    await shows(tile(page, "failed"), /^20$/);
    await shows(tile(page, "running"), /^1$/);
    for (const [number, fn] of [[1, "waitForFile"], [2, "waitForNumber"]] as const) {
      const workers = poolOf(page, number).getByRole("table", { name: "Workers" });
      await shows(workers.getByRole("row"), fn);
    }
    await shows(page.getByRole("table", { name: "Queues" }).getByRole("row"), /Queue 1\s*3/);
    await shows(
      page.getByRole("table", { name: "Managers" }).getByRole("row"),
      "1 × dict, 1 × list",
    );
    const errors = page.locator("#errors details");
    assertEquals(await errors.count(), 20);
    // A name in an error is text, whatever it looks like.
    await shows(errors, "RangeError: 39 is <b>odd</b>");
    assertEquals(await page.locator("#errors b").count(), 0);
    await errors.first().locator("summary").click();
    await shows(errors.first().getByRole("region", { name: "Stack" }), "failOdd");
    const progress = page.getByRole("progressbar", { name: /waitForNumber/ });
    assertEquals(await progress.getAttribute("max"), "20");
    for (let i = 0; i < 10; i++) writeFileSync(`${running.path}-${i}`, "");
    await shows(page.locator(".map p"), "10 of 20 items");
    assertEquals(await progress.getAttribute("value"), "10");
    await shows(tile(page, "done", 2), /^10$/);
    const second = await open(running.url, { width: 400 });
    await shows(tile(second, "done", 2), /^10$/);
    await shows(tile(second, "done"), /^20$/);
    await shows(second.locator("#errors details summary"), "RangeError: 39 is <b>odd</b>");
    await finish(running);
    for (const one of [page, second]) {
      await shows(one.getByRole("status"), "The program has ended");
      await one.context().close();
    }
    const stats = JSON.parse(running.program.stdout().split("stats ")[1]);
    assertEquals([stats.done, stats.failed], [21, 20]);
  });

  test(
    `${name}: a thousand tasks a second do not freeze the page`,
    { skip, timeout: LIMIT },
    async () => {
      const running = await start(name, "load");
      const page = await open(running.url);
      await shows(tile(page, "done"), /,/);
      const seen = await page.evaluate(watchFrames, 3_000);
      // Each of the news is shown in a frame of its own, and the page has most of the time for whoever uses it.
      assert(seen.changes >= 4, `${seen.changes} changes`);
      assert(seen.frames >= seen.changes, `${seen.frames} frames for ${seen.changes} changes`);
      assert(seen.busyMs < seen.ms / 2, `busy for ${seen.busyMs} of ${seen.ms} ms`);
      await finish(running);
      const [, done, made] = /done (\d+) of (\d+)/.exec(running.program.stdout())!;
      assertEquals(done, made);
      const shown = Number((await tile(page, "done").textContent())!.replaceAll(",", ""));
      assert(shown > 1_000 && shown <= Number(done), `${shown} of ${done}`);
      await page.context().close();
    },
  );

  test(`${name}: the page comes back with its program`, { skip, timeout: LIMIT }, async () => {
    const running = await start(name, "look");
    const page = await open(running.url);
    await shows(page.getByRole("status"), /^Live$/);
    const pid = page.locator("#facts div", { hasText: "Process" }).first();
    const before = await pid.textContent();
    running.program.kill("SIGKILL");
    await running.program.ended;
    await shows(page.getByRole("status"), "The program has ended");
    const again = await start(name, "look", new URL(running.url).port);
    assertEquals(again.url, running.url);
    await shows(page.getByRole("status"), /^Live$/);
    await shows(page.getByRole("status"), "another run");
    assert(before !== await pid.textContent());
    await finish(again);
    await page.context().close();
  });
}

/** Runs in the page: how many changes and frames there are in a while, and how long it was too busy for its user. */
async function watchFrames(
  ms: number,
): Promise<{ changes: number; frames: number; busyMs: number; ms: number }> {
  const { document, MutationObserver, PerformanceObserver, requestAnimationFrame } =
    globalThis as unknown as Window;
  const started = performance.now();
  const seen = { changes: 0, frames: 0, busyMs: 0, ms: 0 };
  const number = document.querySelector('.tile[data-kind="done"] strong');
  const changes = new MutationObserver(() => seen.changes++);
  changes.observe(number, { childList: true, characterData: true, subtree: true });
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.busyMs += duration;
  });
  tasks.observe({ entryTypes: ["longtask"] });
  while (performance.now() - started < ms) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    seen.frames++;
  }
  changes.disconnect();
  tasks.disconnect();
  seen.ms = performance.now() - started;
  return seen;
}

/** What {@linkcode watchFrames} uses of a browser's window. */
interface Window {
  readonly document: { querySelector(selector: string): unknown };
  readonly MutationObserver: new (
    callback: () => void,
  ) => { observe(node: unknown, options: object): void; disconnect(): void };
  readonly PerformanceObserver: new (
    callback: (list: { getEntries(): { duration: number }[] }) => void,
  ) => { observe(options: object): void; disconnect(): void };
  requestAnimationFrame(callback: (time: number) => void): void;
}

test(
  "all of the page is there at 400 and at 1600 pixels, dark and light",
  { skip, timeout: LIMIT },
  async () => {
    const running = await start("node", "work");
    await running.program.line("working");
    const backgrounds = new Set<string>();
    for (const width of [400, 1600]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await open(running.url, { width, colorScheme });
        await shows(tile(page, "done"), /^20$/);
        await page.locator("#errors details summary").first().click();
        const { over, poor, background } = await page.evaluate(LAYOUT) as Layout;
        assertEquals({ width, colorScheme, over, poor }, {
          width,
          colorScheme,
          over: [],
          poor: [],
        });
        backgrounds.add(background);
        // The table is one for who cannot see it, however it is laid out.
        const workers = poolOf(page, 1).getByRole("table", { name: "Workers" });
        assertEquals(await workers.getByRole("columnheader").count(), 8);
        assertEquals(await workers.getByRole("rowheader").count(), 2);
        await page.context().close();
      }
    }
    assertEquals(backgrounds.size, 2);
    await finish(running);
  },
);

interface Layout {
  /** What stands out of the window. */
  over: string[];
  /** What has too little contrast. */
  poor: string[];
  background: string;
}

/** Runs in the page, as a text, since it is all about what there is in a browser only. */
const LAYOUT = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (color) => {
    const [r, g, b] = [...rgb(color)].map((x) => x / 255).map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backOf = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
    return "white";
  };
  const isSeen = (element) => element.checkVisibility() && element.closest("thead, .unseen") === null;
  const all = [...document.body.querySelectorAll("*")].filter(isSeen);
  const name = (element) => element.tagName + " " + element.textContent.slice(0, 40);
  const over = all.filter((element) => element.getBoundingClientRect().right > innerWidth + 1);
  if (document.documentElement.scrollWidth > innerWidth) over.push(document.documentElement);
  const poor = all.filter((element) => {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!hasText) return false;
    const [a, b] = [light(getComputedStyle(element).color), light(backOf(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
  });
  return { over: over.map(name), poor: poor.map(name), background: getComputedStyle(document.body).backgroundColor };
})()`;

test("everything can be done with a keyboard, and nothing is lost while the page changes", {
  skip,
  timeout: LIMIT,
}, async () => {
  const running = await start("node", "work");
  await running.program.line("working");
  const page = await open(running.url);
  page.on("dialog", (dialog) => void dialog.accept());
  await shows(tile(page, "done"), /^20$/);
  await shows(poolOf(page, 1).getByRole("row"), "waitForFile");
  await shows(poolOf(page, 2).getByRole("row"), "waitForNumber");
  // Each button and each link has its turn.
  const reached = new Set<string>();
  const focused = page.locator(":focus");
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if (await focused.count() === 0) break;
    reached.add(
      (await focused.getAttribute("aria-label")) ?? (await focused.textContent())!.slice(0, 40),
    );
  }
  const buttons = await page.getByRole("button").evaluateAll((all) =>
    all.map((one) =>
      (one as unknown as { getAttribute(name: string): string }).getAttribute("aria-label")
    )
  );
  assertEquals(buttons.filter((button) => !reached.has(button)), []);
  assert(["Pools", "Maps", "Errors", "Queues", "Managers"].every((link) => reached.has(link)));
  const busy = poolOf(page, 1).getByRole("row", { name: "waitForFile" });
  const recycle = busy.getByRole("button", { name: "Recycle" });
  const name = await recycle.getAttribute("aria-label");
  await recycle.focus();
  await nextUpdates(page, 2);
  assertEquals(await focused.getAttribute("aria-label"), name);
  await page.keyboard.press("Enter");
  await shows(page.getByRole("status"), "is replaced as soon as it has done what it has begun");
  await shows(busy, "leaving");
  await page.getByRole("button", { name: "Cancel the map of waitForNumber" }).focus();
  await page.keyboard.press("Space");
  await shows(page.getByRole("status"), "The map of waitForNumber was cancelled.");
  await shows(page.locator(".map p"), "not wanted any more");
  const details = page.locator("#errors details").first();
  await details.locator("summary").focus();
  await page.keyboard.press("Enter");
  await details.getByRole("region", { name: "Stack" }).waitFor();
  await nextUpdates(page, 2);
  assertEquals(await details.getAttribute("open"), "");
  await finish(running);
  await page.context().close();
});

/** Waits until the page has been told something so often. */
async function nextUpdates(page: Page, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const facts = page.locator("#facts div", { hasText: "Watched for" }).locator("dd");
    const before = await facts.textContent();
    while (await facts.textContent() === before) {
      await page.evaluate("new Promise(requestAnimationFrame)");
    }
  }
}

test("the page says what is what to who does not see it", { skip, timeout: LIMIT }, async () => {
  const running = await start("node", "work");
  await running.program.line("working");
  const page = await open(running.url);
  await shows(tile(page, "done"), /^20$/);
  assertEquals(await page.getByRole("heading", { level: 1 }).count(), 1);
  for (const title of ["Pools", "Maps", "Errors", "Queues", "Managers"]) {
    await page.getByRole("region", { name: title, exact: true }).waitFor();
    await page.getByRole("link", { name: title, exact: true }).waitFor();
  }
  await poolOf(page, 1).waitFor();
  for (const line of ["Waiting", "Running", "Done a second", "Failed a second", "Lost a second"]) {
    await poolOf(page, 1).getByRole("img", {
      name: new RegExp(`^${line} over the last .*: now .*, at most `),
    })
      .waitFor();
  }
  for (const table of ["Workers", "Times of calls", "Slowest tasks", "Queues", "Managers"]) {
    await page.getByRole("table", { name: table, exact: true }).first().waitFor();
  }
  assertEquals(
    await page.getByRole("button").count(),
    await page.getByRole("button", { name: /\w/ }).count(),
  );
  const tree = await page.context().newCDPSession(page).then((session) =>
    session.send("Accessibility.getFullAXTree")
  );
  const nameless = tree.nodes.filter(({ ignored, role, name }) =>
    !ignored &&
    ["button", "link", "progressbar", "table", "img", "image", "region"].includes(role?.value) &&
    !name?.value
  );
  assertEquals(nameless.map(({ role }) => role?.value), []);
  // News are said politely, and only what is news.
  assertEquals(await page.getByRole("status").count(), 2);
  assert(PAGE.includes('<html lang="en">'));
  await finish(running);
  await page.context().close();
});
