/** An item that cannot be rebuilt because the system is short of something is told, and is there for the next try. */

import { assertEquals, assertRejects } from "@std/assert";
import { deserialize, Queue, register, serialize, SimpleQueue, wait } from "../../mod.ts";
import { conform } from "../support/conform.ts";

/** Needs a descriptor to arrive, as what lies in shared memory may. */
class NeedsFile {
  static isShort = false;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  static [serialize]({ name }: NeedsFile): string {
    return name;
  }

  static [deserialize](name: string): NeedsFile {
    if (NeedsFile.isShort) {
      throw Object.assign(new Error("too many open files"), { code: "EMFILE" });
    }
    return new NeedsFile(name);
  }
}
register(import.meta.url, { NeedsFile });

for (const [size, text] of [["small", "a"], ["large", "a".repeat(200_000)]]) {
  conform(
    `a ${size} item is kept while it cannot be rebuilt for want of something`,
    async (note) => {
      const queue = new Queue<NeedsFile>();
      await queue.put(new NeedsFile(text));
      await queue.put(new NeedsFile("b"));
      NeedsFile.isShort = true;
      const { message } = await assertRejects(() => queue.get(), Error);
      note(message);
      assertEquals(message.includes("too many open files"), true);
      assertEquals([await queue.qsize(), (await wait([queue])).length], [2, 1]);
      await assertRejects(() => queue.get());
      NeedsFile.isShort = false;
      assertEquals((await queue.get()).name, text);
      assertEquals((await queue.get()).name, "b");
      assertEquals(await queue.empty(), true);
    },
  );
}

conform("an item that was kept comes before those behind it, to whoever gets first", async () => {
  const queue = new SimpleQueue<NeedsFile>();
  for (const name of ["a", "b", "c"]) await queue.put(new NeedsFile(name));
  NeedsFile.isShort = true;
  await Promise.allSettled([queue.get(), queue.get()]);
  NeedsFile.isShort = false;
  const names: string[] = [];
  for (let i = 0; i < 3; i++) names.push((await queue.get()).name);
  assertEquals(names, ["a", "b", "c"]);
  assertEquals(await queue.empty(), true);
});
