/**
 * The report is of the same shape on every runtime.
 */

import { assertEquals } from "@std/assert";
import { doctor } from "../../src/doctor/mod.ts";
import { conform } from "../support/conform.ts";

conform("doctor() has the same checks with the same data on every runtime", async (note) => {
  const report = await doctor();
  note(Object.keys(report));
  for (const check of report.checks) note([check.name, Object.keys(check).sort()]);
  assertEquals(report.checks.every((check) => Object.isFrozen(check)), true);
  assertEquals(JSON.parse(JSON.stringify(report)), report);
});
