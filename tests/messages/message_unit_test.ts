/**
 * Messages: what is measured is what is written.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import test from "node:test";
import { encodeFor } from "../../src/messages/message.ts";
import { getContext } from "../../mod.ts";

for (const method of ["process", "thread"] as const) {
  test(`a handle takes as many bytes as were measured, however often it was sent: ${method}`, () => {
    const context = getContext(method);
    const value = [new context.Event(), context.RawArray("int8", 10), new context.Queue()];
    const bytes = new Uint8Array(10_000);
    for (let i = 0; i < 300; i++) {
      const size = encodeFor(null).measure(value, "value");
      assertEquals(encodeFor(null).encode(value, bytes, 0, bytes.length, "value"), size);
    }
  });
}
