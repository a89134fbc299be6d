/**
 * Shared memory: what has no name, the folder of what has one, and large pages.
 *
 * @module
 */

import { getContext } from "../context/context.ts";
import { MOUNT_PLACE, sharedPlace } from "../files/shared_place.ts";
import { runtime } from "../runtime/current.ts";
import { folderSpace } from "../runtime/folder_space.ts";
import { largestBuffer } from "../runtime/largest_buffer.ts";
import { spaceRemedy } from "../runtime/posix/space.ts";
import { readSystemFile } from "../runtime/system.ts";
import {
  type Data,
  errorOf,
  failed,
  type Finding,
  messageOf,
  ok,
  unknown,
  warning,
} from "./finding.ts";
import { mayNotLook } from "./permissions.ts";
import { sizeText } from "./words.ts";

/** Bytes that are tried. */
const TRIED = 2 ** 20;
/** What Docker gives to `/dev/shm` (bytes): what has no more is a container whose limit nobody chose. */
const DOCKERS = 2 ** 26;
/** Fewer bytes than these are soon full. */
const FEW = 2 ** 24;
/** From so many bytes on it is the machine that limits a buffer. */
const HUGE = 2 ** 40;
const BEST = "/dev/shm";
const LARGE_PAGES = "/sys/kernel/mm/transparent_hugepage/enabled";

/** Looks whether processes can share memory. */
export function checkSharedMemory(): Finding {
  const { memory } = runtime;
  const largest = largestBuffer();
  const data = { nameless: memory.nameless, largest };
  const limit = largest < HUGE ? `; at most ${sizeText(largest)} in one buffer` : "";
  const kind = memory.nameless ? "files without a name, in memory" : "files of a folder";
  if (!runtime.capabilities("process").available) {
    return unknown(`between threads only, since there are no processes here${limit}`, null, data);
  }
  try {
    memory.create(TRIED, memory.nameless ? null : sharedPlace()).close();
    return ok(kind + limit, data);
  } catch (error) {
    return failed(`cannot be created: ${kind}`, messageOf(error), data);
  }
}

/** Looks at the folder of what has a name: memory, and the sockets of listeners. */
export function checkFolder(): Finding {
  const nothing = { folder: null, size: null, free: null };
  const error = errorOf(sharedPlace);
  if (error !== null) {
    const refusal = mayNotLook();
    if (refusal !== null) return unknown(refusal, null, nothing);
    return failed("none can be used", error.message, nothing);
  }
  const folder = sharedPlace();
  const space = folderSpace(folder);
  const data: Data = { folder, size: space?.size ?? null, free: space?.free ?? null };
  const room = space === null
    ? "how much room it has cannot be told"
    : `${sizeText(space.size)}, of which ${sizeText(space.free)} are free`;
  const text = `${folder}: ${room}`;
  if (runtime.memory.nameless && folder !== BEST) {
    const why = `Named memory is slower there, and other programs look for it in ${BEST}`;
    return warning(text, `${why}. ${MOUNT_PLACE}`, data);
  }
  if (space !== null && (space.size <= DOCKERS || space.free < FEW)) {
    const why =
      "SharedMemory and ShareableList have no more room than that, the rest does not need it";
    return warning(text, `${why}. ${spaceRemedy(folder)}`, data);
  }
  return ok(text, data);
}

/** Tries memory that is found by its name. */
export function checkNamedMemory(): Finding {
  const data = { works: null };
  const needed = errorOf(sharedPlace) !== null
    ? "there is no folder for it"
    : runtime.capabilities("process").available
    ? null
    : "there is no memory that processes share";
  if (needed !== null) return unknown(`not tried: ${needed}`, null, data);
  try {
    return isShared()
      ? ok("what one object writes another one reads", { works: true })
      : failed("another object of its name reads something else", MOUNT_PLACE, { works: false });
  } catch (error) {
    return failed("cannot be used", messageOf(error), { works: false });
  }
}

function isShared(): boolean {
  const { SharedMemory } = getContext("process");
  using memory = new SharedMemory({ create: true, size: 1 });
  try {
    using other = new SharedMemory({ name: memory.name });
    new Uint8Array(memory.buffer)[0] = 1;
    return new Uint8Array(other.buffer)[0] === 1;
  } finally {
    memory.unlink();
  }
}

/** Looks whether the system gives large pages to who asks. */
export function checkLargePages(): Finding {
  const setting = /\[(\w+)\]/.exec(readSystemFile(LARGE_PAGES))?.[1] ?? null;
  const data = { setting };
  if (setting === null) return unknown(mayNotLook() ?? "the system does not tell", null, data);
  if (setting !== "never") return ok(`on request (${setting})`, data);
  const advice =
    `Large arguments and results take longer to arrive. As root: echo madvise > ${LARGE_PAGES}`;
  return warning("none (never)", advice, data);
}
