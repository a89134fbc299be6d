/**
 * The program that every child starts with, on every runtime, as a process and as a thread.
 *
 * @module
 */

import { startChild } from "./bootstrap.ts";
import { lateParts } from "./late_parts.ts";

startChild(lateParts);
