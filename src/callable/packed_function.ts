/**
 * What is sent of a function to another process: plain data, which the codec can send.
 *
 * For equal functions it is the same object wherever that is cheap (the same function, the same text,
 * the same reference), so a sender may remember by identity what a worker already has.
 *
 * @module
 */

/** A function without outer variables, by its text. */
export interface PackedText {
  /** Tells the three kinds apart. */
  readonly kind: "text";
  /** The function's name, or an empty text. */
  readonly name: string;
  /** A JavaScript expression whose value is the function. */
  readonly text: string;
  /**
   * The compiler's helpers that the text uses, for example `__name`: the other side has them,
   * too.
   */
  readonly helpers?: readonly string[];
}

/** A function with copies of its outer variables: `capture({ factor }, fn)`. */
export interface PackedCapture {
  /** Tells the three kinds apart. */
  readonly kind: "capture";
  /** The function's name, or an empty text. */
  readonly name: string;
  /** A JavaScript expression whose value is the function, once the variables are in scope. */
  readonly text: string;
  /** The outer variables that are data. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The outer variables that are functions or classes. */
  readonly callables?: Readonly<Record<string, PackedFunction>>;
  /** The compiler's helpers that the text uses. */
  readonly helpers?: readonly string[];
}

/** A member of a module, by name. */
export interface PackedRef {
  /** Tells the three kinds apart. */
  readonly kind: "ref";
  /** The module's absolute URL. */
  readonly url: string;
  /**
   * The name of the export, `default` included, or the name under which the module registered it.
   */
  readonly name: string;
  /**
   * Given when the sender could not look into the module, because it was still running its top
   * level: the receiver must then check that it found the same function.
   */
  readonly check?: RefCheck;
}

/** What the receiver of an unchecked reference compares, and what it says if nothing fits. */
export interface RefCheck {
  /** The text of the function at the sender. */
  readonly text: string;
  /**
   * How the sender's runtime prints functions: texts are comparable only if the receiver prints
   * alike.
   */
  readonly printer: string;
  /** The function's own name, which may differ from the export's. */
  readonly local: string;
  /** The number of the function's parameters. */
  readonly length: number;
  /** The message of the `FreeVariableError` to raise. */
  readonly message: string;
  /** The variables of the `FreeVariableError` to raise. */
  readonly variables: readonly { readonly name: string; readonly line: number }[];
}

/** Everything that another process needs in order to have a function. */
export type PackedFunction = PackedText | PackedCapture | PackedRef;
