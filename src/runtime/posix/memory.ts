/**
 * Shared memory, written once over the C library.
 *
 * It is in files. On Linux they have no name (`memfd_create`): other processes open one through `/proc/<pid>/fd/<fd>` while
 * somebody holds it open, and when the last user is gone, killed or not, the kernel frees it. So nothing can be left
 * behind. Elsewhere a file has a name, in a folder that is swept (see `files/program_folder.ts`).
 *
 * A mapping ends when its buffer is collected, never before: a view must not outlive its memory.
 *
 * @module
 */

import { NotSupportedError } from "../../errors.ts";
import type { Mapping, MappingRef, MemoryFile, MemoryHost } from "../shared_memory.ts";
import type { Libc } from "./libc.ts";
import {
  checkSize,
  closeOnExec,
  cString,
  hasProc,
  Mapper,
  noFile,
  once,
  openFile,
  reserve,
  tooManyFiles,
  withoutProc,
} from "./mapping.ts";
import { type FileServices, namedMemoryFile, openMemoryFile } from "./memory_file.ts";

const MFD_CLOEXEC = 1;
/** What JavaScript itself has to transfer a buffer. */
const REFUSED = { transfer: { value: refuse }, transferToFixedLength: { value: refuse } };

/** A new file that is open here. */
interface NewFile {
  readonly fd: number;
  readonly path: string;
  /** Removes its name, if it has one. */
  unlink(): void;
}

/** Shared memory over {@linkcode Libc}. */
export class PosixMemory implements MemoryHost {
  readonly #load: () => Libc;
  readonly #isLinux: boolean;
  readonly #pid: number;
  readonly #mapper: Mapper;
  readonly #mayLoad: () => boolean;
  #prepares = true;
  /** Whether files without a name can be opened again, as far as that was asked. */
  #hasProc = false;

  /**
   * @param load Loads the C library; throws a `NotSupportedError` that says the remedy.
   * @param isLinux Whether files without a name can be opened through `/proc`.
   * @param pid This process's id.
   * @param mayLoad Whether the C library can be loaded without asking anybody.
   */
  constructor(
    load: () => Libc,
    isLinux: boolean,
    pid: number,
    mayLoad: () => boolean = () => true,
  ) {
    this.#load = load;
    this.#mayLoad = mayLoad;
    this.#isLinux = isLinux;
    this.#pid = pid;
    this.#mapper = new Mapper(load);
  }

  get nameless(): boolean {
    return this.#isLinux;
  }

  /**
   * Looks whether other processes could open what this one creates.
   *
   * @throws {NotSupportedError} when they could not.
   */
  check(): void {
    if (!this.#isLinux) return;
    this.#hasProc ||= hasProc(this.#load());
    if (!this.#hasProc) throw withoutProc();
  }

  create(size: number, folder: string | null): Mapping {
    const { libc } = this.#services;
    const { fd, path, unlink } = this.#newFile(size, folder);
    let isKept = false;
    try {
      reserve(libc, fd, 0, size, folder ?? "memory");
      const { buffer } = this.#mapper.map(libc, fd, size);
      isKept = true;
      return { buffer, path, close: once(folder === null ? () => libc.close(fd) : unlink) };
    } finally {
      if (!isKept) unlink();
      // What has no name is there for others as long as it is open.
      if (!isKept || folder !== null) libc.close(fd);
    }
  }

  open({ path, size }: MappingRef): Mapping {
    const { libc } = this.#services;
    const fd = openFile(libc, this.#isLinux, path);
    try {
      checkSize(libc, fd, size, path);
      return { buffer: this.#mapper.map(libc, fd, size).buffer, path, close: () => {} };
    } finally {
      libc.close(fd);
    }
  }

  createFile(folder: string | null): MemoryFile {
    const services = this.#services;
    const { fd, path, unlink } = this.#newFile(0, folder);
    if (folder === null) return openMemoryFile(services, path, fd);
    services.libc.close(fd);
    return namedMemoryFile(services, path, unlink);
  }

  openFile(path: string): MemoryFile {
    const services = this.#services;
    if (!this.nameless) return namedMemoryFile(services, path, () => {});
    const fd = openFile(services.libc, this.#isLinux, path);
    return openMemoryFile(services, this.#pathOf(fd), fd);
  }

  prepare(bytes: Uint8Array): void {
    if (!this.#prepares) return;
    try {
      if (this.#mayLoad()) this.#load().preferLargePages(bytes);
    } catch {
      // Without the C library it takes its time; to look for that each time would take some more.
      this.#prepares = false;
    }
  }

  forbidTransfer(buffer: ArrayBuffer): void {
    Object.defineProperties(buffer, REFUSED);
    this.#load().forbidTransfer(buffer);
  }

  get #services(): FileServices {
    return { libc: this.#load(), isLinux: this.#isLinux, mapper: this.#mapper };
  }

  #newFile(size: number, folder: string | null): NewFile {
    return folder === null ? this.#nameless(size) : this.#named(size, folder);
  }

  #nameless(size: number): NewFile {
    const libc = this.#load();
    // Now, where it can be told to whoever asks: a child could only end.
    this.check();
    const fd = libc.memfdCreate(cString("allcores"), MFD_CLOEXEC);
    if (fd < 0) throw tooManyFiles(size);
    return { fd, path: this.#pathOf(fd), unlink: () => {} };
  }

  #named(size: number, folder: string): NewFile {
    const libc = this.#load();
    const template = cString(`${folder}/allcores-XXXXXX`);
    const fd = libc.mkostemp(template, closeOnExec(this.#isLinux));
    if (fd < 0) throw noFile(libc, size, folder);
    const path = new TextDecoder().decode(template.subarray(0, -1));
    return { fd, path, unlink: () => libc.unlink(template) };
  }

  #pathOf(fd: number): string {
    return `/proc/${this.#pid}/fd/${fd}`;
  }
}

function refuse(): never {
  throw new NotSupportedError(
    "Shared memory cannot be transferred: it stays where all see it. Copy it with slice(), or send the array or the memory itself",
  );
}
