/**
 * The program that every child starts with in the package, where it becomes `entry/main.js`.
 *
 * @module
 */

import { startChild } from "./bootstrap.ts";
import { bundledParts } from "./bundled_parts.ts";

startChild(bundledParts);
