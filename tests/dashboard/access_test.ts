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
  async () => {
    await using page = await serveDashboard();
    const { origin } = new URL(page.url);
    assertEquals(page.url, `http://127.0.0.1:${page.port}/${page.url.split("/")[3]}/`);
    assert(/^[A-Za-z0-9_-]{22}$/.test(page.url.split("/")[3]));
    for (const path of ["", "/", "/style.css", `/${TOKEN}/`, `/${TOKEN}/events`, "//", "/x/../"]) {
      const { status, body } = await ask(`${origin}${path}`, { headers: { Accept: "*/*" } });
      assertEquals([path, status, body], [path, 404, ""]);
    }
    const [wrong, cut] = [page.url.replace(/.\/$/, "*/"), page.url.slice(0, -1)];
    assertEquals([(await ask(wrong)).status, (await ask(cut)).status], [404, 404]);
    const types: Record<string, string> = {
      "": "text/html; charset=utf-8",
      "style.css": "text/css; charset=utf-8",
      "script.js": "text/javascript; charset=utf-8",
    };
    for (const [name, type] of Object.entries(types)) {
      const { status, headers, body } = await ask(page.url + name);
      assertEquals([status, headers["content-type"], body.length > 1_000], [200, type, true]);
    }
    for (const name of ["other.js", "__proto__", "style.css/", "control"]) {
      assertEquals((await ask(page.url + name)).status, 404, name);
    }
  },
);

conform(
  "serveDashboard() answers to its own name only, so no other page can lead to it",
  async () => {
    await using page = await serveDashboard({ token: TOKEN });
    const hosts = ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:80", "192.168.1.2:8080"];
    const others = ["example.com", "127.0.0.1.example.com", "", "localhost.example:80", "a b"];
    for (const host of hosts) {
      assertEquals((await ask(page.url, { headers: { Host: host } })).status, 200, host);
    }
    for (const host of [...others, null]) {
      const { status, body } = await ask(page.url, { headers: { Host: host } });
      assertEquals([host, status, body], [host, 403, ""]);
    }
  },
);

conform("serveDashboard() gives browsers no right that its page does not need", async (note) => {
  await using page = await serveDashboard();
  const { headers, body } = await ask(page.url);
  const { "content-length": length, ...others } = headers;
  assertEquals(Number(length), new TextEncoder().encode(body).length);
  note(others);
  const policy = others["content-security-policy"];
  assert(policy.startsWith("default-src 'none'; ") && !/unsafe|http|\*/.test(policy), policy);
  assertEquals(
    ["cache-control", "referrer-policy", "x-content-type-options"].map((name) => others[name]),
    ["no-store", "no-referrer", "nosniff"],
  );
  // Nothing is asked for elsewhere.
  const texts = [
    body,
    (await ask(`${page.url}style.css`)).body,
    (await ask(`${page.url}script.js`)).body,
  ];
  const addresses = texts.flatMap((text) => text.match(/\b\w+:\/\/[^"'\s]*/g) ?? []);
  // The name of a kind of elements is no address.
  assertEquals(addresses, ["http://www.w3.org/2000/svg"]);
});

conform("serveDashboard() refuses other methods, and what is no plain request", async () => {
  await using page = await serveDashboard({ token: TOKEN });
  const head = await ask(page.url, { method: "HEAD" });
  assertEquals([head.status, head.body], [200, ""]);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
    const { status, headers, body } = await ask(page.url, { method });
    assertEquals([method, status, headers.allow, body], [method, 405, "GET, HEAD", ""]);
  }
  assertEquals((await ask(`${page.url}events`, { method: "HEAD" })).status, 405);
  // Without `control` there is no such thing.
  assertEquals((await ask(`${page.url}control`, { method: "POST", body: "{}" })).status, 404);
  const path = `/${TOKEN}/`;
  for (
    const [status, text] of [
      [400, "hello\r\n\r\n"],
      [505, `GET ${path} HTTP/2.0\r\n\r\n`],
      [400, `GET  ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
      [400, `GET http://localhost${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
      [400, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n`],
      [400, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n folded: 1\r\n\r\n`],
      [400, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX: a\nb: c\r\n\r\n`],
      [
        400,
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      [400, `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n`],
      [413, `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1025\r\n\r\n`],
      [431, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(9_000)}\r\n\r\n`],
      // What stands behind a request is none.
      [
        404,
        `GET ${path}no HTTP/1.1\r\nHost: localhost\r\n\r\nGET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      ],
    ] as [number, string][]
  ) {
    const answer = await sendRaw(page.port, text);
    assertEquals([text, answer.split(" ")[1]], [text, String(status)]);
  }
});

conform("serveDashboard() refuses options that are wrong, by their names", async (note) => {
  const wrong: [unknown, string][] = [
    [5, "TypeError: A dashboard takes options like { port: 8080 }, got 5"],
    [{ prot: 1 }, 'TypeError: A dashboard has no option "prot"'],
    [{ port: "80" }, 'TypeError: "port" must be a number'],
    [{ port: -1 }, 'RangeError: "port" must be a whole number of at least 0'],
    [{ port: 65_536 }, 'RangeError: "port" must be at most 65535'],
    [{ host: 1 }, 'TypeError: "host" must be a string'],
    [{ host: "" }, 'TypeError: "host" must not be empty'],
    [{ control: "yes" }, 'TypeError: "control" must be true or false'],
    [{ token: "short" }, 'RangeError: "token" must be 22 to 128 letters'],
    [{ token: "not/a/part/of/a/path/of/an/address" }, 'RangeError: "token" must be 22 to 128'],
    [{ token: 5 }, 'TypeError: "token" must be a string'],
    [{ signal: {} }, 'TypeError: "signal" must be an AbortSignal'],
  ];
  for (const [options, text] of wrong) {
    const error = await assertRejects(() => serveDashboard(options as DashboardOptions));
    const { name, message } = error as Error;
    assertEquals(`${name}: ${message}`.slice(0, text.length), text);
    note(message);
  }
  const reason = new Error("no more");
  const signal = AbortSignal.abort(reason);
  assertEquals(await serveDashboard({ signal }).catch((error) => error), reason);
});

conform("serveDashboard() says so when another one listens there", async (note) => {
  await using page = await serveDashboard();
  const { port } = page;
  const error = await assertRejects(() => serveDashboard({ port }), ProcessError);
  assert(error.message.includes("another program listens there already"), error.message);
  note(error.message.replace(String(port), "PORT"));
});

conform(
  "Dashboard.close() ends all connections and frees the port; so do its signal and its scope",
  async () => {
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
      assertEquals((await ask(third.url)).status, 200);
    }
    const refused = await sendRaw(port, "").catch((error) => error.code);
    assertEquals(refused, "ECONNREFUSED");
  },
);

conform("serveDashboard() tells 32 pages at most", async (note) => {
  await using page = await serveDashboard();
  const pages = Array.from({ length: 32 }, () => new Listening(page.url));
  for (const one of pages) await one.until(() => true);
  assertEquals((await ask(`${page.url}events`)).status, 503);
  // Everything else is answered, and one that goes makes room.
  assertEquals((await ask(page.url)).status, 200);
  pages.pop()!.close();
  let last = new Listening(page.url);
  while (last.latest === null) {
    await last.changed();
    if (last.hasEnded) last = new Listening(page.url);
  }
  note(last.latest.snapshot.pools);
  for (const one of [...pages, last]) one.close();
});
