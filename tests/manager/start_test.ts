/**
 * A manager from its start to its shutdown: initializers, arguments that are refused, calls too
 * early and too late.
 */

import { existsSync } from "node:fs";
import process from "node:process";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { activeChildren, EOFError, ProcessError, setExecutable } from "../../mod.ts";
import * as targets from "../fixtures/manager_targets.ts";
import { mp } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { failure } from "../support/failure.ts";
import { managed } from "../support/managed.ts";
import { noOther } from "../support/missing.ts";

managed("arguments that mean nothing are refused at the call", async (manager, note) => {
  const barrier = (options: unknown) => failure(manager.Barrier(1, options as never));
  note([await barrier(() => {}), await barrier(null), await barrier({ acton: () => {} })]);
  note(await barrier({ action: 5 }));
  const queue = await manager.Queue<number>();
  for (const wrong of ["x", null, true, { immediate: 1 }]) {
    note(await failure(queue.shutdown(wrong as never)));
  }
  note(await failure(queue.call("shutdown", "x")));
  await queue.put(1);
  note(await queue.get());
  const { SyncManager } = mp;
  for (const wrong of ["x", null, 5, { authkey: "k" }, { runtime: "ruby" }]) {
    note(assertThrows(() => new SyncManager(wrong as never), TypeError).message);
  }
  note(await failure(mp.Manager("x" as never)));
  const fresh = new SyncManager();
  for (const wrong of ["x", null, { initialiser: () => {} }, { initArgs: "ab" }]) {
    note(await failure(fresh.start(wrong as never)));
  }
  await using _started = fresh;
  await fresh.start();
});

conform("an initializer runs first; one that fails is told", async (note) => {
  await using manager = new targets.InitializedManager();
  await manager.start({ initializer: targets.initialize, initArgs: [7] });
  note(await (await manager.Initialized()).value());
  await using failing = new targets.InitializedManager();
  note(await failure(failing.start({ initializer: targets.failToInitialize })));
  note(await failure(failing.start(targets.failToInitialize)));
  note(await failure(failing.create("Initialized")));
});

conform("a manager whose server cannot begin says so, and can be started again", async (note) => {
  await using manager = new mp.SyncManager();
  const useless = existsSync("/bin/false") ? "/bin/false" : "/usr/bin/false";
  setExecutable(useless);
  const why = await failure(manager.start());
  setExecutable(process.execPath);
  assertStringIncludes(why, `exit code 1. Is ${useless} an executable of`);
  assertEquals(activeChildren(), []);
  note(why.split(":")[0]);
  await manager.start();
  note(await (await manager.dict({ a: 1 })).get("a"));
}, { skip: noOther });

conform("a manager that is not started, or not any more, says so", async (note) => {
  const manager = new mp.SyncManager();
  note(await failure(manager.dict()));
  await assertRejects(() => manager.shutdown(), ProcessError);
  await manager.start();
  note(await failure(manager.start()));
  const dict = await manager.dict({ a: 1 });
  const queue = await manager.Queue();
  const waiting = failure(queue.get());
  await manager.shutdown();
  await manager.shutdown();
  await assertRejects(() => dict.get("a"), EOFError);
  await assertRejects(() => manager.dict(), EOFError);
  note([(await waiting).split(":")[0], await manager.join()]);
});
