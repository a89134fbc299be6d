/**
 * A page that shows what a program's pools, queues and managers are doing. It is loaded only where it is imported.
 *
 * @example
 * ```ts
 * import { serveDashboard } from "@allcores/multiprocessing/dashboard";
 *
 * if (import.meta.main) {
 *   await using page = await serveDashboard({ port: 0 });
 *   console.log(page.url.startsWith("http://127.0.0.1:")); // true
 * }
 * ```
 *
 * @module
 */

export { type Dashboard, serveDashboard } from "./dashboard.ts";
export type { DashboardOptions } from "./dashboard_options.ts";
