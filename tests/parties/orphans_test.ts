/** Children that are killed together with their own children, again and again: no place of theirs stays taken. */

import { existsSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { programOf } from "../../src/parties/program.ts";
import { waitWithDaemon } from "../fixtures/process_targets.ts";
import { freshPath, mp, runToEnd, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";

const ROUNDS = 5;
/** Each round starts two children, and on a busy machine waits long for their ends. */
const LIMIT = 100_000;

conform("children that are killed with children of their own leave no place taken", async () => {
  const { parties } = programOf(method);
  const before = [...parties].length;
  for (let i = 0; i < ROUNDS; i++) {
    const path = freshPath();
    const child = new mp.Process({ target: waitWithDaemon, args: [path] });
    await child.start();
    await until(() => existsSync(path));
    assert([...parties].length >= before + 2);
    child.kill();
    await child.join();
  }
  // The system may end the last one's own child after it: the next end that is noticed frees that place.
  let left = 0;
  do {
    assertEquals(await runToEnd(new mp.Process({ target: () => {} })), 0);
    left = [...parties].length - before;
    assert(left <= 1, `${left} places of ${ROUNDS} are still taken`);
  } while (left > 0);
}, { limit: LIMIT });
