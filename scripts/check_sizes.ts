/**
 * Checks that a file of more than 300 lines, or a function of more than 40, gives its reason: the words "Long because" in
 * the first comment of the file, or in the function's own comment; and that no file of `src` has more than 400 lines, for
 * whatever reason. Test files are lists and are not measured.
 *
 * @module
 */

import ts from "typescript";
import { readText, typescriptFiles } from "./support/files.ts";
import { report } from "./support/report.ts";
import { parse, place, walk } from "./support/source.ts";

const longestFile = 300;
/** No reason is good enough for more in `src`. */
const longestSource = 400;
const longestFunction = 40;
const reason = /\blong because\b/i;

const files = typescriptFiles("mod.ts", "src", "scripts", "tests/support", "tests/suites");
report(files.flatMap(problemsOf));

function problemsOf(path: string): string[] {
  const text = readText(path);
  const lines = text.trimEnd().split("\n").length;
  if (path.startsWith("src/") && lines > longestSource) return [`${path}: ${lines} lines`];
  if (reason.test(firstComment(text))) return [];
  const own = lines > longestFile ? [`${path}: ${lines} lines, and no reason given`] : [];
  return [...own, ...longFunctions(parse(path))];
}

function firstComment(text: string): string {
  const ranges = ts.getLeadingCommentRanges(text, text.startsWith("#!") ? text.indexOf("\n") : 0);
  return (ranges ?? []).map((range) => text.slice(range.pos, range.end)).join("\n");
}

function longFunctions(file: ts.SourceFile): string[] {
  const found: string[] = [];
  walk(file, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || !node.body) return;
    const lines = linesOf(file, node);
    if (lines <= longestFunction || reason.test(commentOf(file, node))) return;
    found.push(`${place(file, node)}: a function of ${lines} lines, and no reason given`);
  });
  return found;
}

function linesOf(file: ts.SourceFile, node: ts.Node): number {
  const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
  return file.getLineAndCharacterOfPosition(node.getEnd()).line - first + 1;
}

/** The comment before a function, or before the statement that it is a part of. */
function commentOf(file: ts.SourceFile, node: ts.Node): string {
  const text = file.text.slice(node.getFullStart(), node.getStart(file));
  const statement = ts.findAncestor(node, ts.isStatement);
  const before = statement
    ? file.text.slice(statement.getFullStart(), statement.getStart(file))
    : "";
  return text + before;
}
