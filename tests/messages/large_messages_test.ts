/**
 * Messages of more than 2 GiB: there and back, or refused with their true size, and all goes on.
 *
 * Those that go through take many seconds and many GiB, so they run where they are asked for (`npm run check:large`) and the
 * machine has the memory.
 */

import { freemem } from "node:os";
import process from "node:process";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, NotSupportedError, type Queue, SerializationError } from "../../mod.ts";
import { canHold } from "../../src/runtime/largest_buffer.ts";
import { brief, filled, measureAll, putBrief, sendBrief } from "../fixtures/large_targets.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

const SIZE = 2 ** 31 + 5;
const NEEDED = 12 * 2 ** 30;
const limit = 190_000;
const free = process.availableMemory?.() ?? freemem();
const skip = process.env.ALLCORES_LARGE !== "1"
  ? "ALLCORES_LARGE is not 1"
  : free < NEEDED && "12 GiB of free memory are needed";
/** What threads share is one buffer: where that holds 4 GiB at most, two messages of more than 2 GiB do not fit at once. */
const isNarrow = method === "thread" && !canHold(2 ** 33);

conform("a pool takes an argument and gives a result of more than 2 GiB", async (note) => {
  await using pool = new mp.Pool(1);
  note(await pool.apply(brief, [filled(SIZE)]));
  if (!isNarrow) assertEquals(brief(await pool.apply(filled, [SIZE])), [SIZE, 1, 2, 3]);
  else {
    const error = await assertRejects(() => pool.apply(filled, [SIZE]), NotSupportedError);
    assert(/2147483\d\d\d bytes/.test(error.message), error.message);
  }
  assertEquals(await pool.apply(brief, [filled(5)]), [5, 1, 2, 3], "the pool goes on");
}, { skip, limit });

conform("a queue carries an item of more than 2 GiB", async (note) => {
  const [queue, answers] = [new mp.Queue<unknown>(), new mp.Queue<unknown>()];
  const child = new mp.Process<[Queue<unknown>, Queue<unknown>]>({
    target: putBrief,
    args: [queue, answers],
  });
  await child.start();
  await queue.put(filled(SIZE));
  await queue.put(filled(7));
  note([await answers.get(), await answers.get()]);
  assertEquals(await child.join(), 0);
}, { skip, limit });

conform("a pipe carries a value and bytes of more than 2 GiB", async (note) => {
  const [here, there] = mp.Pipe();
  const child = new mp.Process<[Connection]>({ target: sendBrief, args: [there] });
  await child.start();
  await here.send(filled(SIZE));
  note(await here.recv());
  await here.sendBytes(filled(SIZE));
  note(await here.recv());
  assertEquals(await child.join(), 0);
  // Its memory is used again by its next message, else: threads have no more.
  here.close();
}, { skip, limit });

conform("a process takes an argument of more than 2 GiB", async (note) => {
  const answers = new mp.Queue<unknown>();
  const child = new mp.Process<[Uint8Array, Queue<unknown>]>({
    target: measureAll,
    args: [filled(SIZE), answers],
  });
  await child.start();
  note(await answers.get());
  assertEquals(await child.join(), 0);
}, { skip, limit });

conform("a message over a socket may have more than 2 GiB", async (note) => {
  await using listener = new mp.Listener();
  const accepted = listener.accept();
  const client = await mp.Client(await listener.address);
  const server = await accepted;
  const sent = client.send(filled(SIZE));
  note(brief(await server.recv() as Uint8Array));
  await sent;
  client.close();
  server.close();
}, { skip, limit });

/** Two parts, since these are there on every runtime; nothing of them is ever touched. */
const whole = () => [new Uint8Array(SIZE), new Uint8Array(SIZE)];
const isHeld = canHold(2 * SIZE) && "one buffer of this runtime holds it";

conform("a message that no buffer holds is refused with its size, and all goes on", async () => {
  const queue = new mp.Queue<unknown>();
  const [here, there] = mp.Pipe();
  await using pool = new mp.Pool(1);
  const child = new mp.Process({ target: brief as never, args: whole() });
  await refuses(() => queue.put(whole()), "item");
  await refuses(() => here.send(whole()), "value");
  await refuses(() => pool.apply(brief as never, whole()), "args");
  await refuses(() => child.start(), "args");
  await queue.put("small");
  assertEquals(await queue.get(), "small");
  await here.send("small");
  assertEquals(await there.recv(), "small");
  assertEquals(await pool.apply(brief, [filled(5)]), [5, 1, 2, 3]);
}, { skip: isHeld });

conform("a message to an address that some runtime cannot hold is refused", async (note) => {
  await using listener = new mp.Listener();
  const accepted = listener.accept();
  const client = await mp.Client(await listener.address);
  const server = await accepted;
  note((await refuses(() => client.send(whole()), "value")).message);
  await client.send("small");
  assertEquals(await server.recv(), "small");
  client.close();
  server.close();
});

async function refuses(use: () => Promise<unknown>, root: string): Promise<Error> {
  const error = await assertRejects(use, SerializationError);
  const parts = new RegExp(
    `^Cannot send ${root}: it takes 42949673\\d\\d bytes; .* 429496\\d{4} at most(\\. Send it in parts, or .*)?$`,
  );
  assert(parts.test(error.message), error.message);
  return error;
}
