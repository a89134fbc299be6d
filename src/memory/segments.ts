/**
 * Segments of shared memory, each in a slot of a file, as this process has them: opened once, and dropped when they are collected.
 *
 * @module
 */

import { NotSupportedError } from "../errors.ts";
import { runtime } from "../runtime/current.ts";
import { shortageIn } from "../support/shortage.ts";
import type { Extension } from "../sync/block.ts";
import { MappedExtension } from "./mapped_extension.ts";
import { isBefore, nextSending, type Outgoing } from "./share.ts";
import { keyOf, type Slot, SlottedFile } from "./slotted_file.ts";

/** How many other paths of a file are sent besides one's own. */
const OTHERS = 2;

/** Where a segment is: paths of its file, the file's id, the slot and its nonce, and the segment's size (bytes). */
export type SegmentRef = readonly [
  paths: readonly string[],
  id0: number,
  id1: number,
  slot: number,
  nonce: number,
  size: number,
];

/** A file, and where it may be found besides its own path. */
interface KnownFile {
  readonly file: SlottedFile;
  readonly others: readonly string[];
}

/** Mapped memory that others can open. It stays for as long as somebody holds its object. */
export class Segment implements Outgoing {
  readonly size: number;
  readonly #known: KnownFile;
  readonly #slot: Slot;
  readonly #sent: number;
  readonly #arrived: number;
  #lastSent = 0;

  /**
   * @param known Its file.
   * @param slot Its slot there.
   * @param size Bytes.
   */
  constructor(known: KnownFile, slot: Slot, size: number) {
    this.#known = known;
    this.#slot = slot;
    this.size = size;
    const { sent, arrived } = known.file.sendings(slot.index);
    this.#sent = sent;
    this.#arrived = arrived;
  }

  /** All its bytes. */
  get buffer(): ArrayBuffer {
    return this.#slot.bytes.buffer;
  }

  /** Whether it was never sent. */
  get isUnsent(): boolean {
    return Atomics.load(this.#words, this.#sent) === 0;
  }

  /** Some of its bytes, good as long as it. */
  part(offset: number, size: number): ArrayBuffer {
    return this.#slot.bytes.part(offset, size);
  }

  /** What another process needs to open it. */
  get ref(): SegmentRef {
    const { file, others } = this.#known;
    const [id0, id1] = file.words;
    return [[file.path, ...others], id0, id1, this.#slot.index, this.#slot.nonce, this.size];
  }

  /** Takes note that it is sent. Returns the number of the sending. */
  send(): number {
    return this.#lastSent = nextSending(this.#words, this.#sent);
  }

  /** Takes note that a sending has arrived. */
  arrive(number: number): void {
    const words = this.#words;
    for (let before = Atomics.load(words, this.#arrived); isBefore(before, number);) {
      const found = Atomics.compareExchange(words, this.#arrived, before, number);
      if (found === before) return;
      before = found;
    }
  }

  delivered(): boolean {
    return !isBefore(Atomics.load(this.#words, this.#arrived), this.#lastSent);
  }

  /** More memory behind it. */
  extension(): Extension {
    return new MappedExtension(this.#known.file, this.#slot.index);
  }

  get #words(): Int32Array {
    return this.#known.file.words;
  }
}

/** What is to be dropped when a segment was collected. */
interface Dropped {
  readonly key: string;
  readonly file: SlottedFile;
  readonly slot: number;
  readonly nonce: number;
}

/** The segments of a process. */
export class Segments {
  readonly #folder: string | null;
  readonly #files = new Map<string, KnownFile>();
  readonly #segments = new Map<string, WeakRef<Segment>>();
  /** The files that this process has created and still has open. */
  readonly #own = new Set<KnownFile>();
  /** The one that has had a free slot lately. */
  #current: KnownFile | null = null;
  readonly #gone = new FinalizationRegistry<Dropped>((dropped) => this.#drop(dropped));

  /** @param folder The run folder; `null` where files need no name. */
  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /**
   * Creates a segment of zeros.
   *
   * @param size Bytes.
   * @throws {NotSupportedError} when there is no memory or no descriptor left.
   */
  create(size: number): Segment {
    if (this.#current !== null) {
      const slot = this.#current.file.take(size);
      if (slot !== null) return this.#remember(this.#current, slot, size);
    }
    for (const known of this.#own) {
      const slot = known.file.take(size);
      if (slot !== null) return this.#remember(this.#makeCurrent(known), slot, size);
    }
    const known = this.#createFile();
    return this.#remember(known, known.file.take(size)!, size);
  }

  /**
   * Opens a segment that a process has sent.
   *
   * @param ref Where it is.
   * @throws {NotSupportedError} when nobody has it any more.
   */
  open(ref: SegmentRef): Segment {
    const [paths, id0, id1, index, nonce, size] = ref;
    const found = this.#segments.get(segmentKey(keyOf(id0, id1), index, nonce))?.deref();
    if (found !== undefined) return found;
    const known = this.#files.get(keyOf(id0, id1)) ?? this.#openFile(paths, id0, id1);
    const slot = known?.file.join(index, nonce, size) ?? null;
    if (slot !== null) return this.#remember(known!, slot, size);
    if (known !== null) this.#closeUnused(known.file);
    throw new NotSupportedError(
      "Cannot open shared memory: every process that had it has ended or given it up. Keep it until it was received",
    );
  }

  /** Frees what processes had that were killed. */
  sweep(): void {
    for (const { file } of this.#files.values()) file.sweep();
  }

  #createFile(): KnownFile {
    const file = SlottedFile.create(runtime.memory.createFile(this.#folder));
    const known = { file, others: [] };
    this.#files.set(file.key, known);
    this.#own.add(known);
    return this.#makeCurrent(known);
  }

  #makeCurrent(known: KnownFile): KnownFile {
    const last = this.#current;
    this.#current = known;
    if (last !== null) this.#closeUnused(last.file);
    return known;
  }

  #openFile(paths: readonly string[], id0: number, id1: number): KnownFile | null {
    for (const path of paths) {
      const file = tryOpen(path, id0, id1);
      if (file === null) continue;
      const known = { file, others: paths.slice(0, OTHERS) };
      this.#files.set(file.key, known);
      return known;
    }
    return null;
  }

  #remember(known: KnownFile, slot: Slot, size: number): Segment {
    const { file } = known;
    const { index, nonce } = slot;
    const segment = new Segment(known, slot, size);
    const key = segmentKey(file.key, index, nonce);
    this.#segments.set(key, new WeakRef(segment));
    this.#gone.register(segment, { key, file, slot: index, nonce });
    return segment;
  }

  #drop({ key, file, slot, nonce }: Dropped): void {
    // It may have been opened again before it was noticed that the object before is gone; that one's end counts.
    if (this.#segments.get(key)?.deref() !== undefined || !this.#segments.delete(key)) return;
    file.drop(slot, nonce);
    this.#closeUnused(file);
  }

  #closeUnused(file: SlottedFile): void {
    const isCurrent = this.#current?.file === file;
    const known = this.#files.get(file.key);
    if (known === undefined || !file.isUnused || (isCurrent && file.isLasting)) return;
    if (isCurrent) this.#current = null;
    this.#files.delete(file.key);
    this.#own.delete(known);
    file.close();
  }
}

function tryOpen(path: string, id0: number, id1: number): SlottedFile | null {
  try {
    return SlottedFile.open(runtime.memory.openFile(path), id0, id1);
  } catch (error) {
    // It may be there all the same.
    if (shortageIn(error) !== null) throw error;
    return null;
  }
}

function segmentKey(file: string, slot: number, nonce: number): string {
  return `${file},${slot},${nonce}`;
}
