/**
 * Shared memory that is found by its name.
 *
 * @module
 */

import { assemble, Parts } from "../messages/parts.ts";
import type { Program } from "../parties/program.ts";
import { programFor } from "../parties/program_for.ts";
import { registerHandle } from "../messages/handles.ts";
import { createNamed, type NamedMemory, openNamed, unlinkNamed } from "../messages/named_memory.ts";
import { followNamed, registerSharedViews } from "../messages/shared_views.ts";
import { MultiprocessingError } from "../errors.ts";
import { checkCount, checkOptions, show } from "../support/options.ts";
import type { StartMethod } from "../runtime/types.ts";
import type { BoundClass } from "../start_method/bound_class.ts";

/** What memory a {@linkcode SharedMemory} is to be. */
export interface SharedMemoryOptions {
  /** The name: 1 to 200 bytes, without a slash. @default a new one, where memory is created */
  name?: string;
  /** Whether to create the memory; otherwise that of the name is opened. @default false */
  create?: boolean;
  /** Bytes, where memory is created; memory that is opened has the size that it has. */
  size?: number;
}

const LONGEST_NAME = 200;

/** What a memory is made of. */
interface MemoryParts {
  readonly program: Program;
  readonly memory: NamedMemory;
}

/**
 * Shared memory that any process finds by its name. Python's `SharedMemory`.
 *
 * - `close()` gives it up here; `unlink()` removes its name, once for all. The memory lasts until nobody has it any more.
 * - A name that is forgotten is removed by the last process of its program, as by Python's resource tracker; if that was killed,
 *   by the next program that uses this library.
 * - It is a file of the folder for memory (`/dev/shm`; `/tmp` where that cannot be written) that only this user can open; Python's
 *   `SharedMemory` opens it in `/dev/shm`, too. Threads use it in the same way, so they need what processes need (koffi on Node,
 *   --allow-ffi on Deno).
 * - Sent anywhere, it arrives open. If the name was removed meanwhile, its receiver gets an error.
 * - `Atomics` works on views of it, but for `wait`, `waitAsync` and `notify`.
 * - A view that outlives `close()` stays usable: memory is unmapped only when nothing refers to it. Python refuses to close then.
 *
 * @example
 * ```ts
 * import { SharedMemory } from "@allcores/multiprocessing";
 *
 * using memory = new SharedMemory({ create: true, size: 16 });
 * using other = new SharedMemory({ name: memory.name });
 * new Uint8Array(memory.buffer)[0] = 7;
 * console.log(new Uint8Array(other.buffer)[0]); // 7
 * memory.unlink();
 * ```
 */
export class SharedMemory implements Disposable {
  /** The start method that this class is bound to; `null` for the program's default. */
  static readonly startMethod: StartMethod | null = null;

  readonly #program: Program;
  readonly #memory: Pick<NamedMemory, "name" | "id">;
  readonly #size: number;
  #buffer: ArrayBuffer | null;

  static {
    registerSharedViews();
    registerHandle<SharedMemory>({
      number: 35,
      prototype: SharedMemory.prototype,
      programOf: (value) => value.#program,
      toPayload: (value) => {
        void value.buffer;
        return [value.#memory.name, value.#memory.id];
      },
      fromPayload: (payload, program) => {
        const [name, id] = payload as [string, number];
        return assemble(SharedMemory, { program, memory: openNamed(name, id) });
      },
    });
  }

  /**
   * Creates or opens memory.
   *
   * @param options Which memory.
   * @throws {TypeError} when a name or a size is missing, or an option is of the wrong type, or none of these.
   * @throws {RangeError} when the size is less than 1, or the name cannot be one.
   * @throws {MultiprocessingError} when the name exists and is to be created (its `code` is `"EEXIST"`), or does not exist
   *   and is to be opened (`"ENOENT"`), or is another user's file or can be written by one (`"EACCES"`).
   * @throws {NotSupportedError} when there is no space for it, or no folder; says which limit it is and the remedy.
   */
  constructor(options?: SharedMemoryOptions);
  constructor(given: SharedMemoryOptions | Parts<MemoryParts> = {}) {
    const { program, memory } = given instanceof Parts ? given.content : open(new.target, given);
    this.#program = program;
    this.#memory = { name: memory.name, id: memory.id };
    this.#size = memory.buffer.byteLength;
    this.#buffer = memory.buffer;
    followNamed(program, memory.name, memory.id, memory.buffer);
  }

  /**
   * The memory: just its own bytes.
   *
   * @throws {MultiprocessingError} after `close()`.
   */
  get buffer(): SharedArrayBuffer | ArrayBuffer {
    if (this.#buffer !== null) return this.#buffer;
    throw new MultiprocessingError(`Cannot use shared memory "${this.name}": it is closed`);
  }

  /** The name by which others find it. */
  get name(): string {
    return this.#memory.name;
  }

  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** Gives the memory up in this process; others keep it. May be called again. */
  close(): void {
    this.#buffer = null;
  }

  /**
   * Removes the name: nobody can open the memory by it any more. May come before or after `close()`.
   *
   * @throws {MultiprocessingError} with the code `"ENOENT"` when the name was removed already.
   */
  unlink(): void {
    unlinkNamed(this.#program, this.#memory);
  }

  /** As `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function open(target: BoundClass, options: SharedMemoryOptions): MemoryParts {
  checkOptions("Shared memory", options, ["name", "create", "size"], "{ create: true, size: 16 }");
  const { name, create = false, size } = options;
  const checked = checkName(name);
  if (typeof create !== "boolean") {
    throw new TypeError(`"create" must be true or false, got ${show(create)}`);
  }
  if (!create && checked === null) {
    throw new TypeError("Cannot open shared memory: a name is needed, or { create: true }");
  }
  if (create && (size === undefined || size === null)) {
    throw new TypeError("Cannot create shared memory: a size is needed, like { size: 16 }");
  }
  const bytes = checkCount("size", size ?? 0, create ? 1 : 0);
  const program = programFor(target);
  return { program, memory: create ? createNamed(program, checked, bytes) : openNamed(checked!) };
}

function checkName(name: unknown): string | null {
  if (name === undefined || name === null) return null;
  if (typeof name !== "string") throw new TypeError(`"name" must be a text, got ${show(name)}`);
  // As Python's, which are written with a slash in front by some.
  const bare = name.replace(/^\//, "");
  const size = new TextEncoder().encode(bare).length;
  if (size >= 1 && size <= LONGEST_NAME && !/^\.\.?$|[/\0]/.test(bare)) return bare;
  throw new RangeError(
    `The name of shared memory must be 1 to ${LONGEST_NAME} bytes without a slash or a zero, got ${
      show(name)
    }`,
  );
}
