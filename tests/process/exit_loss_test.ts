/** What `exit()` loses and what it does not, and how it tells. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { leaveAtOnce, leaveWithoutCare } from "../fixtures/exit_targets.ts";
import { mp, textOf } from "../support/children.ts";
import { conform } from "../support/conform.ts";

conform(
  "exit() loses nothing that found room, and tells how much of the rest it loses",
  async (note) => {
    for (const size of [1_000, 200_000]) {
      const queue = new mp.Queue<number>({ maxSize: 1 });
      const [receiver, sender] = mp.Pipe();
      const child = new mp.Process({
        name: "Leaver",
        target: leaveAtOnce,
        args: [queue, sender, size],
        stderr: "pipe",
      });
      await child.start();
      const told = await textOf(child.stderr);
      assertEquals(await child.join(), 3);
      assertEquals(await queue.get(), 0);
      if (size < 65_536) assertEquals(await receiver.recv(), new Uint8Array(size));
      else assertStringIncludes(told, "1 message(s) of more than 64 KiB that nobody has received");
      assertStringIncludes(told, "exit() of Leaver loses 2 item(s) that wait for room in a queue");
      note(told);
      receiver.close();
    }
  },
);

conform("exit() tells nothing of what may be lost", async (note) => {
  const queue = new mp.Queue<number>({ maxSize: 1 });
  const child = new mp.Process({ target: leaveWithoutCare, args: [queue], stderr: "pipe" });
  await child.start();
  note(await textOf(child.stderr));
  assertEquals(await child.join(), 1);
});
