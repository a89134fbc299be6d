/** `serveDashboard`: who gets an answer, and which; what is refused, and when it ends. */

import { connect } from "node:net";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ProcessError } from "../../mod.ts";
import { type DashboardOptions, serveDashboard } from "../../src/dashboard/mod.ts";
import { conform } from "../support/conform.ts";
import { ask, Listening, sendRaw } from "../support/page_client.ts";

const TOKEN = "0123456789abcdefABCDEF_-";

conform(
  "serveDashboard() gives its page to who has the token, and nothing to others",
  async (note) => {
    await using page = await serveDashboard();
    const { origin } = new URL(page.url);
    assertEquals(page.url, `http://127.0.0.1:${page.port}/${page.url.split("/")[3]}/`);
    assert(/^[A-Za-z0-9_-]{22}$/.test(page.url.split("/")[3]));
    for (const path of ["", "/", "/style.css", `/${TOKEN}/`, `/${TOKEN}/events`, "//", "/x/../"]) {
      const { status, body } = await ask(`${origin}${path}`, { headers: { Accept: "*/*" } });
      note([path, status, body]);
    }
    const [wrong, cut] = [page.url.replace(/.\/$/, "*/"), page.url.slice(0, -1)];
    note([(await ask(wrong)).status, (await ask(cut)).status]);
    for (const name of ["", "style.css", "script.js", "other.js", "__proto__", "style.css/"]) {
      const { status, headers, body } = await ask(page.url + name);
      note([name, status, headers["content-type"] ?? "", body.length > 0]);
    }
  },
);

conform(
  "serveDashboard() answers to its own name only, so no other page can lead to it",
  async (note) => {
    await using page = await serveDashboard({ token: TOKEN });
    const hosts = ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:80", "192.168.1.2:8080"];
    const others = ["example.com", "127.0.0.1.example.com", "", "localhost.example:80", "a b"];
    for (const host of [...hosts, ...others, null]) {
      const { status, body } = await ask(page.url, { headers: { Host: host } });
      note([host, status, status === 200 || body === ""]);
    }
  },
);

conform("serveDashboard() gives browsers no right that its page does not need", async (note) => {
  await using page = await serveDashboard();
  const { headers, body } = await ask(page.url);
  const { "content-length": length, ...others } = headers;
  assertEquals(Number(length), new TextEncoder().encode(body).length);
  note(others);
  // Nothing is asked for elsewhere.
  const texts = [
    body,
    (await ask(`${page.url}style.css`)).body,
    (await ask(`${page.url}script.js`)).body,
  ];
  const addresses = texts.flatMap((text) => text.match(/\b\w+:\/\/[^"'\s]*/g) ?? []);
  note(addresses);
});

conform("serveDashboard() refuses other methods, and what is no plain request", async (note) => {
  await using page = await serveDashboard({ token: TOKEN });
  for (const method of ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
    const { status, headers, body } = await ask(page.url, { method });
    note([method, status, headers.allow ?? "", body]);
  }
  note((await ask(`${page.url}events`, { method: "HEAD" })).status);
  // Without `control` there is no such thing.
  note((await ask(`${page.url}control`, { method: "POST", body: "{}" })).status);
  const path = `/${TOKEN}/`;
  for (
    const text of [
      "hello\r\n\r\n",
      `GET ${path} HTTP/2.0\r\n\r\n`,
      `GET  ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `GET http://localhost${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n`,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\n folded: 1\r\n\r\n`,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX: a\nb: c\r\n\r\n`,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n`,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1025\r\n\r\n`,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(9_000)}\r\n\r\n`,
      // What stands behind a request is none.
      `GET ${path}no HTTP/1.1\r\nHost: localhost\r\n\r\nGET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ]
  ) note((await sendRaw(page.port, text)).split("\r\n")[0]);
});

conform("serveDashboard() refuses options that are wrong, by their names", async (note) => {
  const wrong: unknown[] = [
    5,
    { prot: 1 },
    { port: "80" },
    { port: -1 },
    { port: 65_536 },
    { host: 1 },
    { host: "" },
    { control: "yes" },
    { token: "short" },
    { token: "not/a/part/of/a/path/of/an/address" },
    { token: 5 },
    { signal: {} },
  ];
  for (const options of wrong) {
    const error = await assertRejects(() => serveDashboard(options as DashboardOptions));
    note(`${(error as Error).name}: ${(error as Error).message}`);
  }
  const reason = new Error("no more");
  const signal = AbortSignal.abort(reason);
  assertEquals(await serveDashboard({ signal }).catch((error) => error), reason);
});

conform("serveDashboard() says so when another one listens there", async (note) => {
  await using page = await serveDashboard();
  const { port } = page;
  const error = await assertRejects(() => serveDashboard({ port }), ProcessError);
  note(error.message.replace(String(port), "PORT"));
});

conform(
  "Dashboard.close() ends all connections and frees the port; so do its signal and its scope",
  async (note) => {
    const aborter = new AbortController();
    const first = await serveDashboard({ token: TOKEN, signal: aborter.signal });
    const [page, other] = [new Listening(first.url), new Listening(first.url)];
    const silent = connect(first.port, "127.0.0.1");
    const isSilentOver = new Promise<void>((resolve) => silent.once("close", () => resolve()));
    silent.on("error", () => {}).resume();
    for (const one of [page, other]) await one.until(() => true);
    await Promise.all([first.close(), first.close()]);
    for (const one of [page, other]) await one.ended();
    await isSilentOver;
    await first.close();
    aborter.abort();
    const next = new AbortController();
    const { port } = first;
    const second = await serveDashboard({ port, token: TOKEN, signal: next.signal });
    assertEquals(second.url, first.url);
    const again = new Listening(second.url);
    await again.until(() => true);
    next.abort();
    await again.ended();
    await second.close();
    {
      await using third = await serveDashboard({ port, token: TOKEN });
      note((await ask(third.url)).status);
    }
    const refused = await sendRaw(port, "").catch((error) => error.code);
    note(refused);
  },
);

conform("serveDashboard() tells 32 pages at most", async (note) => {
  await using page = await serveDashboard();
  const pages = Array.from({ length: 32 }, () => new Listening(page.url));
  for (const one of pages) await one.until(() => true);
  note((await ask(`${page.url}events`)).status);
  pages[0].close();
  let status = 503;
  const last = new Listening(page.url);
  while (status === 503 && last.latest === null) {
    if (!last.hasEnded) break;
    status = (await ask(page.url)).status;
  }
  for (const one of [...pages, last]) one.close();
  note((await ask(page.url)).status);
});
