/**
 * Shared memory, written once over the C library.
 *
 * A block is a file in memory. On Linux it has no name (`memfd_create`): other processes open it through `/proc/<pid>/fd/<fd>` while
 * its creator holds it open, and when the last user is gone, killed or not, the kernel frees it. So nothing can be left
 * behind. Elsewhere the file has a name, in a folder that is swept (see `files/program_folder.ts`).
 *
 * A mapping ends when its buffer is collected, never before: a view must not outlive its memory.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import { canHold, largestBuffer } from "../largest_buffer.ts";
import type { Mapping, MappingParts, MappingRef, MemoryHost } from "../shared_memory.ts";
import type { Address, Libc } from "./libc.ts";

const O_RDONLY = 0;
const O_RDWR = 2;
const MFD_CLOEXEC = 1;
const CLOSE_ON_EXEC_LINUX = 0x80000;
const CLOSE_ON_EXEC_DARWIN = 0x1000000;
/** Bytes from which on it is worth asking whether there is as much memory. */
const LARGE = 2 ** 24;
/** What JavaScript itself has to transfer a buffer. */
const REFUSED = { transfer: { value: refuse }, transferToFixedLength: { value: refuse } };
const encoder = new TextEncoder();

function cString(text: string): Uint8Array {
  return encoder.encode(text + "\0");
}

/** Calls an action with the descriptor of a file. */
type WithFile = <T>(action: (libc: Libc, fd: number) => T) => T;

/** Shared memory over {@linkcode Libc}. */
export class PosixMemory implements MemoryHost {
  readonly #load: () => Libc;
  readonly #isLinux: boolean;
  readonly #pid: number;
  /** Whether files without a name can be opened again, as far as that was asked. */
  #hasProc = false;
  readonly #unmapper: FinalizationRegistry<{ address: Address; size: number }>;

  /**
   * @param load Loads the C library; throws a `NotSupportedError` that says the remedy.
   * @param isLinux Whether files without a name can be opened through `/proc`.
   * @param pid This process's id.
   */
  constructor(load: () => Libc, isLinux: boolean, pid: number) {
    this.#load = load;
    this.#isLinux = isLinux;
    this.#pid = pid;
    this.#unmapper = new FinalizationRegistry(({ address, size }) =>
      this.#load().unmap(address, size)
    );
  }

  get nameless(): boolean {
    return this.#isLinux;
  }

  create(size: number, folder: string | null): Mapping {
    return folder === null ? this.#createNameless(size) : this.#createIn(folder, size);
  }

  #createNameless(size: number): Mapping {
    const libc = this.#load();
    // Now, where it can be told to whoever asks: a child could only end.
    this.#hasProc ||= hasProc(libc);
    if (!this.#hasProc) throw withoutProc();
    const fd = libc.memfdCreate(cString("allcores"), MFD_CLOEXEC);
    if (fd < 0) throw tooManyFiles(size);
    try {
      this.#reserve(libc, fd, 0, size, "memory");
      return this.#keepOpen(libc, fd, size);
    } catch (error) {
      libc.close(fd);
      throw error;
    }
  }

  #createIn(folder: string, size: number): Mapping {
    const libc = this.#load();
    const template = cString(`${folder}/allcores-XXXXXX`);
    const fd = libc.mkostemp(template, this.#closeOnExec());
    if (fd < 0) throw cannotCreate(size, `cannot write to ${folder}`);
    try {
      this.#reserve(libc, fd, 0, size, folder);
      const path = new TextDecoder().decode(template.subarray(0, -1));
      return this.#keepPath(libc, fd, { path, size }, once(() => libc.unlink(template)));
    } catch (error) {
      libc.unlink(template);
      throw error;
    } finally {
      libc.close(fd);
    }
  }

  open(ref: MappingRef): Mapping {
    return this.#withFile(ref.path, (libc, fd) => {
      checkSize(libc, fd, ref.size, ref.path);
      return this.#keepPath(libc, fd, ref, () => {});
    });
  }

  adopt(ref: MappingRef): Mapping {
    if (!this.nameless) return this.open(ref);
    const libc = this.#load();
    const fd = this.#open(libc, ref.path);
    try {
      checkSize(libc, fd, ref.size, ref.path);
      return this.#keepOpen(libc, fd, ref.size);
    } catch (error) {
      libc.close(fd);
      throw error;
    }
  }

  forbidTransfer(buffer: ArrayBuffer): void {
    Object.defineProperties(buffer, REFUSED);
    this.#load().forbidTransfer(buffer);
  }

  /** The mapping of a file that stays open: its parts need no other descriptor. */
  #keepOpen(libc: Libc, fd: number, size: number): Mapping {
    const path = `/proc/${this.#pid}/fd/${fd}`;
    let isOpen = true;
    const parts = this.#partsOf(path, (action) => {
      // The number may be that of another file by now.
      if (!isOpen) throw givenUp(path);
      return action(libc, fd);
    });
    const close = once(() => {
      isOpen = false;
      libc.close(fd);
    });
    return { ...this.#map(libc, fd, size), path, parts, close };
  }

  /** The mapping of a file that is opened again by its path for each of its parts. */
  #keepPath(
    libc: Libc,
    fd: number,
    { path, size }: Pick<MappingRef, "path" | "size">,
    close: () => void,
  ): Mapping {
    const parts = this.#partsOf(path, (action) => this.#withFile(path, action));
    return { ...this.#map(libc, fd, size), path, parts, close };
  }

  #partsOf(path: string, withFile: WithFile): MappingParts {
    return {
      create: (offset, size) =>
        withFile((libc, fd) => {
          this.#reserve(libc, fd, offset, size, "memory");
          return this.#map(libc, fd, size, offset).buffer;
        }),
      open: (offset, size) =>
        withFile((libc, fd) => {
          checkSize(libc, fd, offset + size, path);
          return this.#map(libc, fd, size, offset).buffer;
        }),
      free: (offset, size) => withFile((libc, fd) => libc.release(fd, offset, size)),
    };
  }

  #withFile<T>(path: string, action: (libc: Libc, fd: number) => T): T {
    const libc = this.#load();
    const fd = this.#open(libc, path);
    try {
      return action(libc, fd);
    } finally {
      libc.close(fd);
    }
  }

  #reserve(libc: Libc, fd: number, offset: number, size: number, where: string): void {
    if (!canHold(size)) throw tooLarge("create", size);
    // The system would end programs, not refuse, where a file in memory is larger than what is left.
    if (size >= LARGE && size > libc.availableMemory()) throw cannotCreate(size, "out of memory");
    if (libc.reserve(fd, offset, size) !== 0) throw cannotCreate(size, `no space left in ${where}`);
  }

  #open(libc: Libc, path: string): number {
    const fd = libc.open(cString(path), O_RDWR | this.#closeOnExec());
    if (fd >= 0) return fd;
    // At the limit of descriptors it may be there all the same.
    if (!canOpen(libc, "/")) throw cannotOpen();
    throw hasProc(libc) ? givenUp(path) : withoutProc();
  }

  #map(
    libc: Libc,
    fd: number,
    size: number,
    start: number = 0,
  ): Pick<Mapping, "buffer" | "part"> {
    if (!canHold(size)) throw tooLarge("open", size);
    const address = libc.map(fd, size, start);
    if (address === null) {
      throw new NotSupportedError(
        `Cannot map ${size} bytes of shared memory: out of address space`,
      );
    }
    const buffer = libc.view(address, size, 0);
    this.#unmapper.register(buffer, { address, size });
    return { buffer, part: (offset, length) => libc.view(address, length, offset) };
  }

  #closeOnExec(): number {
    return this.#isLinux ? CLOSE_ON_EXEC_LINUX : CLOSE_ON_EXEC_DARWIN;
  }
}

/** The path may be that of another file by now, and what is mapped beyond a file's end cannot be read. */
function checkSize(libc: Libc, fd: number, size: number, path: string): void {
  if (libc.seekEnd(fd) < size) throw givenUp(path);
}

/** Whether this process's open files can be seen; also where there is no descriptor left to find out. */
function hasProc(libc: Libc): boolean {
  return canOpen(libc, "/proc/self/fd") || !canOpen(libc, "/");
}

function canOpen(libc: Libc, path: string): boolean {
  const fd = libc.open(cString(path), O_RDONLY);
  if (fd < 0) return false;
  libc.close(fd);
  return true;
}

function withoutProc(): NotSupportedError {
  return new NotSupportedError(
    "Processes share memory by files that they open through /proc, and that is not mounted: " +
      'mount it (mount -t proc proc /proc), or use the start method "thread"',
  );
}

function givenUp(path: string): NotSupportedError {
  return new NotSupportedError(
    `Cannot open shared memory at ${path}: its creator has ended, or belongs to another user`,
  );
}

function cannotOpen(): NotSupportedError {
  return Object.assign(
    new NotSupportedError(
      "Cannot open shared memory: too many open files. Close some, or raise the limit " +
        "(ulimit -n; containers: --ulimit nofile)",
    ),
    { code: "EMFILE" },
  );
}

function tooLarge(action: string, size: number): NotSupportedError {
  return new NotSupportedError(
    `Cannot ${action} ${size} bytes of shared memory: one buffer of this runtime has ${largestBuffer()} at most`,
  );
}

function refuse(): never {
  throw new NotSupportedError(
    "Shared memory cannot be transferred: it stays where all see it. Copy it with slice(), or send the array or the memory itself",
  );
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

function cannotCreate(size: number, reason: string): NotSupportedError {
  return new NotSupportedError(
    `Cannot create ${size} bytes of shared memory: ${reason}. ` +
      "Free some, or raise the limit (containers: --memory)",
  );
}

function tooManyFiles(size: number): NotSupportedError {
  return new NotSupportedError(
    `Cannot create ${size} bytes of shared memory: too many open files. Each queue, each pipe and each large array is one, ` +
      "until it was collected: have fewer of them at a time, or raise the limit (ulimit -n; containers: --ulimit nofile)",
  );
}
