/**
 * What the README and `docs/` say that depends on no runtime and no start method; `documents_test.ts` runs their programs.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { assertEquals } from "@std/assert";
import * as library from "../../mod.ts";
import { programsOf, readDocuments } from "../support/documents.ts";
import { startCommand } from "../support/programs.ts";

const root = new URL("../../", import.meta.url);
const documents = readDocuments();
const programs = documents.flatMap(programsOf);
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const skip = hasPython ? false : "there is no python3";

test("programs of the documents in Python print the same", { skip, timeout: 60_000 }, async () => {
  for (const { name, python, output } of programs) {
    if (python === null) continue;
    const { code, stdout, stderr } = await startCommand(["python3", "-c", python]).ended;
    assertEquals(
      { name, code, stdout: stdout.trim(), stderr },
      { name, code: 0, stdout: output, stderr: "" },
    );
  }
});

test("each program of the documents has an output, and stands in one place only", () => {
  assertEquals(programs.filter(({ output }) => output === "").map(({ name }) => name), []);
  const texts = programs.map(({ text }) => text);
  const again = programs.filter(({ text }, i) => texts.indexOf(text) < i);
  assertEquals(again.map(({ name }) => name), []);
});

test("the README has a program for a process, a pool and a queue, and 250 lines at most", () => {
  const text = readFileSync(new URL("README.md", root), "utf8");
  assertEquals(text.trimEnd().split("\n").length <= 250, true);
  const shown = programsOf(documents.find(({ path }) => path === "README.md")!);
  for (const name of ["Process", "Pool", "Queue"]) {
    assertEquals(shown.some((program) => program.text.includes(`new ${name}`)), true, name);
  }
});

test("each name of the module stands in some document", () => {
  const text = documents.map(({ path }) => readFileSync(new URL(path, root), "utf8")).join("\n");
  const missing = Object.keys(library).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
  assertEquals(missing, []);
});

test("links in the documents lead to files and headings that there are", () => {
  const broken = documents.flatMap(({ path }) => brokenLinks(path));
  assertEquals(broken, []);
});

test("files that the documents name are there", () => {
  const missing = documents.flatMap(({ path }) =>
    [...textWithCode(path).matchAll(/`((?:src|tests|scripts|docs|examples)\/[\w./]*)`/g)]
      .filter(([, file]) => !existsSync(new URL(file, root))).map(([, file]) => `${path}: ${file}`)
  );
  assertEquals(missing, []);
});

/** Links to other sites are not followed. */
function brokenLinks(path: string): string[] {
  const links = textOf(path).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, link]) => link).filter((link) => !/^https?:/.test(link))
    .filter((link) => !leadsSomewhere(path, link)).map((link) => `${path}: ${link}`);
}

function leadsSomewhere(from: string, link: string): boolean {
  const [file, anchor] = link.split("#");
  const target = file === "" ? new URL(from, root) : new URL(file, new URL(from, root));
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, "utf8")).includes(anchor);
}

function textOf(path: string): string {
  return textWithCode(path).replaceAll(/`[^`\n]*`/g, "");
}

/** A document without its blocks. */
function textWithCode(path: string): string {
  return readFileSync(new URL(path, root), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
}

/** The names by which headings are linked to. */
function anchorsOf(text: string): string[] {
  const headings = text.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, title]) =>
    title.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}
