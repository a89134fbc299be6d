/**
 * The command `allcores doctor`.
 *
 * @module
 */

import { doctor } from "../doctor/doctor.ts";
import type { DoctorOptions } from "../doctor/types.ts";
import type { GivenOptions, Output } from "./command.ts";
import { reportText } from "./report_text.ts";

/**
 * Prints what works here.
 *
 * @param options `json` and `runtime`, which were checked.
 * @param output Where to print it.
 * @returns The exit code: 1 where something does not work.
 */
export async function doctorCommand(options: GivenOptions, output: Output): Promise<number> {
  const runtimes = options.get("runtime") as DoctorOptions["runtimes"];
  const report = await doctor(runtimes === undefined ? {} : { runtimes });
  const text = options.has("json")
    ? `${JSON.stringify(report, null, 2)}\n`
    : reportText(report, output.hasColors);
  output.write(text);
  return report.works ? 0 : 1;
}
