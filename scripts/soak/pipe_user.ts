/**
 * The pipe's part of a soak: an echo whose process is killed, again and again.
 *
 * @module
 */

import { type Context, EOFError } from "../../mod.ts";
import { type Echo, isWhole, payloadOf } from "./parts.ts";
import { patiently } from "./scarcity.ts";
import type { Supervisor } from "./supervisor.ts";

/** Talks with one echo after the other. */
export class PipeUser {
  readonly problems: string[] = [];
  answers = 0;
  ends = 0;
  readonly #context: Context;
  readonly #supervisor: Supervisor;

  /**
   * @param context The start method.
   * @param supervisor Runs the echoes.
   */
  constructor(context: Context, supervisor: Supervisor) {
    this.#context = context;
    this.#supervisor = supervisor;
  }

  /** Talks until it is told that it is enough. */
  async use(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const [line, far] = await patiently(() => this.#context.Pipe());
      const ended = this.#supervisor.runOnce("echo", far);
      await this.#talk(line as Echo, isOver);
      line.close();
      await ended;
    }
  }

  async #talk(line: Echo, isOver: () => boolean): Promise<void> {
    try {
      for (let number = 0; !isOver(); number++) {
        const item = { producer: 0, number, payload: payloadOf(0, number) };
        await patiently(() => line.send(item));
        const answer = await patiently(() => line.recv());
        if (answer.number !== number || !isWhole(answer)) {
          this.problems.push(`the echo of ${number} was ${answer.number}, or damaged`);
        }
        this.answers++;
      }
    } catch (error) {
      if (error instanceof EOFError) this.ends++;
      else this.problems.push(`a pipe failed: ${error}`);
    }
  }
}
