/**
 * Reading the JUnit reports of the three runners into one form: a list of tests that ran.
 *
 * The runners disagree on what a test with subtests is: Node reports its parts only, Deno the parts and the whole,
 * Bun the whole only. A whole whose parts are listed is left out here, unless it failed by itself.
 */

/** What became of one test. */
export interface TestResult {
  name: string;
  status: "passed" | "failed" | "skipped";
  /** The runner's account of a failure. */
  text: string;
}

const testCase = /<testcase((?:\s+[\w:-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/** The tests of a report. An empty or broken-off report gives the tests that it tells of. */
export function parseJunit(xml: string): TestResult[] {
  const results = [...xml.matchAll(testCase)].map(([, attributes, body = ""]) => ({
    name: unescapeXml(attribute(attributes, "name")),
    status: statusOf(body),
    text: failureText(body),
  }));
  return results.filter((result) => !isWholeOfParts(result, results));
}

function statusOf(body: string): TestResult["status"] {
  if (/<(failure|error)\b/.test(body)) return "failed";
  return /<skipped\b/.test(body) ? "skipped" : "passed";
}

function failureText(body: string): string {
  const match = /<(failure|error)\b((?:\s+[\w:-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/\1>)/.exec(
    body,
  );
  if (!match) return "";
  return unescapeXml(match[3]?.trim() || attribute(match[2], "message")).trim();
}

function attribute(attributes: string, name: string): string {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
}

function isWholeOfParts(result: TestResult, all: TestResult[]): boolean {
  if (!all.some((other) => other.name.startsWith(`${result.name} > `))) return false;
  return result.status !== "failed" || /^\d+ test steps? failed/.test(result.text);
}

const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** Undoes the escapes; twice for `&amp;quot;`, which Node writes for a quote. */
function unescapeXml(text: string): string {
  return text
    .replaceAll("&amp;quot;", '"')
    .replace(
      /&#(x?)([0-9a-fA-F]+);/g,
      (_, hex, digits) => String.fromCodePoint(parseInt(digits, hex ? 16 : 10)),
    )
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => entities[name]);
}
