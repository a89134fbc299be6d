/**
 * Runs generators that TypeScript compiled to ES5: its `__generator` helper.
 *
 * The compiled body is called again and again with the state, and answers with an instruction: a
 * code and a value. The codes and the layout of `trys` are TypeScript's (`createInstruction` in its
 * `transformers/generators.ts`).
 *
 * @module
 */

const NEXT = 0,
  THROW = 1,
  RETURN = 2,
  BREAK = 3,
  YIELD = 4,
  YIELD_STAR = 5,
  CATCH = 6,
  END_FINALLY = 7;

type Instruction = [code: number, value?: unknown];

/** What the compiled body reads and writes. */
interface State {
  /** Where the body goes on. */
  label: number;
  /** Gives what `next()` sent, or throws what `throw()` sent. */
  sent: () => unknown;
  /** The `try` statements that the body is in, as labels: start, catch, finally, end. */
  trys: [start: number, onCatch: number, onFinally: number, end: number][];
  /** What goes on after a `finally` block. */
  ops: Instruction[];
}

type Body = (state: State) => Instruction;

class Es5Generator {
  #self: unknown;
  #body: Body;
  #state: State;
  #sent: Instruction = [NEXT];
  #inner: Iterator<unknown> | undefined;
  #isStarted = false;
  #isFinished = false;

  constructor(self: unknown, body: Body) {
    this.#self = self;
    this.#body = body;
    const sent = (): unknown => {
      if (this.#sent[0] === THROW) throw this.#sent[1];
      return this.#sent[1];
    };
    this.#state = { label: 0, sent, trys: [], ops: [] };
  }

  step(first: Instruction): IteratorResult<unknown> {
    let op = first;
    if (!this.#isStarted && op[0] !== NEXT) this.#isFinished = true;
    this.#isStarted = true;
    while (!this.#isFinished) {
      try {
        const inner = this.#delegate(op);
        if (inner?.done === false) return inner;
        if (inner !== undefined) op = [op[0] & RETURN, inner.value];
        if (op[0] === YIELD) {
          this.#state.label++;
          return { value: op[1], done: false };
        }
        op = this.#control(op) ?? this.#body.call(this.#self, this.#state);
      } catch (error) {
        op = [CATCH, error];
        this.#inner = undefined;
      }
    }
    if (op[0] === THROW || op[0] === CATCH) throw op[1];
    return { value: op[0] === NEXT ? undefined : op[1], done: true };
  }

  /**
   * Hands an instruction on to the iterator of a `yield*`, and gives its answer as long as there is
   * one.
   */
  #delegate(op: Instruction): { done: boolean; value: unknown } | undefined {
    const inner = this.#inner;
    if (inner === undefined) return undefined;
    const name = op[0] === RETURN ? "return" : op[0] === NEXT ? "next" : "throw";
    const result = inner[name]?.(op[1]);
    if (result === undefined && name === "throw") inner.return?.();
    if (result === undefined || result.done) this.#inner = undefined;
    return result && { done: result.done === true, value: result.value };
  }

  /** Follows an instruction; gives the one to follow next, or nothing if the body is to go on. */
  #control(op: Instruction): Instruction | undefined {
    const state = this.#state;
    switch (op[0]) {
      case NEXT:
      case THROW:
        this.#sent = op;
        return undefined;
      case YIELD_STAR:
        state.label++;
        this.#inner = op[1] as Iterator<unknown>;
        return [NEXT];
      case END_FINALLY: {
        const next = state.ops.pop();
        state.trys.pop();
        return next;
      }
      default:
        return this.#leave(op);
    }
  }

  /** Jumps, returns or fails: through the `catch` and `finally` blocks that stand in between. */
  #leave(op: Instruction): Instruction | undefined {
    const state = this.#state;
    const region = state.trys.at(-1);
    if (region === undefined && op[0] !== BREAK) {
      this.#isFinished = true;
      return op;
    }
    const target = Number(op[1]);
    if (region === undefined || (op[0] === BREAK && target > region[0] && target < region[3])) {
      state.label = target;
      return undefined;
    }
    if (op[0] === CATCH && state.label < region[1]) {
      state.label = region[1];
      this.#sent = op;
      return undefined;
    }
    if (state.label < region[2]) {
      state.label = region[2];
      state.ops.push(op);
      return undefined;
    }
    if (region[2]) state.ops.pop();
    state.trys.pop();
    return op;
  }
}

/**
 * Makes a generator of a body that TypeScript compiled to ES5.
 *
 * @param self The function's `this`.
 * @param body The compiled body.
 * @returns The generator.
 */
export function runEs5Generator(self: unknown, body: Body): IterableIterator<unknown> {
  const machine = new Es5Generator(self, body);
  const generator = {
    next: (value?: unknown) => machine.step([NEXT, value]),
    throw: (error?: unknown) => machine.step([THROW, error]),
    return: (value?: unknown) => machine.step([RETURN, value]),
    [Symbol.iterator]: (): IterableIterator<unknown> => generator,
  };
  return generator;
}
