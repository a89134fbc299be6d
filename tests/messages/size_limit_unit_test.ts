import { test } from "node:test";
import { assertEquals, assertThrows } from "@std/assert";
import { SerializationError } from "../../src/errors.ts";
import { checkSize, LARGEST_MESSAGE } from "../../src/messages/size_limit.ts";

test("a message that is too large is refused with its size, its path and what to do", () => {
  checkSize(LARGEST_MESSAGE, "item");
  const error = assertThrows(() => checkSize(2 ** 31, "item"), SerializationError);
  assertEquals(error.path, "item");
  assertEquals(
    error.message,
    "Cannot send item: it takes 2147483648 bytes; one message has 2147483632 at most. " +
      "Send it in parts, or put it in a SharedArray",
  );
});
