/**
 * All measurements, in the order in which they are made.
 *
 * @module
 */

import type { Measurement } from "../types.ts";
import { backlog } from "./backlog.ts";
import { bytes } from "./bytes.ts";
import { call } from "./call.ts";
import { cpu } from "./cpu.ts";
import { dict, dictFlight } from "./dict.ts";
import { flight } from "./flight.ts";
import { idle } from "./idle.ts";
import { lock } from "./lock.ts";
import { map } from "./map.ts";
import { pipe, pipeBytes, pipeBytesNew } from "./pipe.ts";
import { queue } from "./queue.ts";
import { queueMemory } from "./queue_memory.ts";
import { start } from "./start.ts";

/** What the bench measures. */
export const measurements: readonly Measurement[] = [
  call,
  flight,
  map,
  backlog,
  bytes,
  queue,
  queueMemory,
  pipe,
  pipeBytes,
  pipeBytesNew,
  lock,
  start,
  cpu,
  idle,
  dict,
  dictFlight,
];
