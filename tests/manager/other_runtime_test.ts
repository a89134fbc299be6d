/** Managers whose server and clients run on different runtimes. */

import { assertEquals } from "@std/assert";
import type { DictProxy } from "../../mod.ts";
import { executable, runtimeNames } from "../../scripts/support/runtimes.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { mp, runToEnd, until } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { noOther } from "../support/missing.ts";

for (const runtime of runtimeNames) {
  conform(`a manager on this runtime serves clients on ${runtime}`, async (note) => {
    const { setExecutable } = await import("../../mod.ts");
    setExecutable(executable(runtime), { runtime });
    await using manager = await mp.Manager();
    const lock = await manager.Lock();
    const dict: DictProxy<string, number> = await manager.dict({ count: 0 });
    const list = await manager.list<unknown>();
    const child = new mp.Process({ runtime, target: targets.countUp, args: [dict, lock, 10] });
    assertEquals(await runToEnd(child), 0);
    const values = [1, "two", new Map([[1, new Set([2n])]]), new Date(0), [dict]];
    const pushing = new mp.Process({ runtime, target: targets.pushAll, args: [list, values] });
    assertEquals(await runToEnd(pushing), 0);
    note([await dict.get("count"), await list.slice(0, 4)]);
    note(await ((await list.at(4)) as [typeof dict])[0].get("count"));
  }, { skip: noOther });

  conform(`a manager on ${runtime} serves this runtime`, async (note) => {
    const { setExecutable } = await import("../../mod.ts");
    setExecutable(executable(runtime), { runtime });
    await using manager = await mp.Manager({ runtime });
    const list = await manager.list<unknown>([3, 1]);
    await list.sort();
    note([await list.copy(), await list.repr(), await failure(list.set(9, 9))]);
  }, { skip: noOther });
}

conform("no server is left", async () => {
  await until(() => mp.activeChildren().length === 0);
});
