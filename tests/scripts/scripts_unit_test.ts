import { test } from "node:test";
import { assertEquals } from "@std/assert";
import { parseJunit } from "../../scripts/support/junit.ts";
import { describeDifferences } from "../../scripts/support/transcripts.ts";

test("parseJunit reads Node's report: escapes, failures, skips", () => {
  const report = `<testsuites>
    <testcase name="a &lt;b> &amp;quot;c&amp;quot;" time="0.1" classname="test"/>
    <testsuite name="suite" tests="1">
      <testcase name="inner" classname="suite" failure="one &amp; two">
        <failure type="testCodeFailure" message="one &amp; two">
          Error: one &amp; two&#10;at x
        </failure>
      </testcase>
    </testsuite>
    <testcase name="later" time="0"><skipped type="skipped" message="why"/></testcase>
  </testsuites>`;
  assertEquals(parseJunit(report), [
    { name: 'a <b> "c"', status: "passed", text: "" },
    { name: "inner", status: "failed", text: "Error: one & two\nat x" },
    { name: "later", status: "skipped", text: "" },
  ]);
});

test("parseJunit leaves out Deno's wholes whose parts are listed, unless they failed by themselves", () => {
  const report = `<testsuite>
    <testcase name="suite"><failure message="1 test step failed">1 test step failed.</failure></testcase>
    <testcase name="suite &gt; inner"><failure message="x">x</failure></testcase>
    <testcase name="own"><failure message="broke">broke</failure></testcase>
    <testcase name="own &gt; fine"></testcase>
  </testsuite>`;
  const names = parseJunit(report).map((result) => `${result.status} ${result.name}`);
  assertEquals(names, ["failed suite > inner", "failed own", "passed own > fine"]);
});

test("parseJunit gives what a report that broke off tells of", () => {
  const cancelled = `<testcase name="hangs"><error message="Cancelled"/></testcase>`;
  assertEquals(parseJunit(cancelled), [{ name: "hangs", status: "failed", text: "Cancelled" }]);
  assertEquals(parseJunit(`<testcase name="a"/><testcase name="b"><fail`).length, 1);
  assertEquals(parseJunit(""), []);
});

test("describeDifferences names the first line at which two transcripts part", () => {
  const run = (name: string, ...lines: string[]) => {
    return { run: name, lines: new Map([["test", lines]]), skipped: new Set<string>() };
  };
  assertEquals(describeDifferences([run("a", "1", "2"), run("b", "1", "2")]), []);
  assertEquals(describeDifferences([run("a", "1", "2"), run("bb", "1", "3"), run("c", "1")]), [
    "  line 2:\n    a   2\n    bb  3",
    "  line 2:\n    a  2\n    c  (nothing more)",
  ]);
});

test("describeDifferences leaves out the runs that skipped a test, and compares the others", () => {
  const ran = (name: string, line: string) => {
    return { run: name, lines: new Map([["test", [line]]]), skipped: new Set<string>() };
  };
  const skipped = { run: "b", lines: new Map<string, string[]>(), skipped: new Set(["test"]) };
  assertEquals(describeDifferences([skipped, ran("a", "1"), ran("c", "1")]), []);
  assertEquals(describeDifferences([skipped, ran("a", "1"), ran("c", "2")]).length, 1);
  assertEquals(describeDifferences([ran("a", "1"), { ...skipped, skipped: new Set() }]).length, 1);
});
