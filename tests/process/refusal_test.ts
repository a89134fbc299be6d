/** What the creator knows cannot be started is refused by `start()`, with its reason, and the process can then still be used. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  activeChildren,
  FreeVariableError,
  getContext,
  NotSupportedError,
  SerializationError,
} from "../../mod.ts";
import { Socket } from "../fixtures/process_classes.ts";
import * as targets from "../fixtures/process_targets.ts";
import { freshPath, mp, runToEnd } from "../support/children.ts";
import { conform } from "../support/conform.ts";
import { method } from "../support/method.ts";
import { ownEnv } from "../support/missing.ts";
import { assertUnstarted } from "../support/process_states.ts";

conform("Process refuses options of the wrong type, at the call", (note) => {
  const wrong: unknown[] = [
    null,
    5,
    [],
    () => {},
    { target: 5 },
    { target: "console.log" },
    { target: {} },
    { name: 5 },
    { daemon: 1 },
    { args: "abc" },
    { args: { 0: 1 } },
    { kwargs: 5 },
    { kwargs: null },
    { runtime: "ruby" },
    { stdout: "file" },
    { stderr: 2 },
  ];
  for (const options of wrong) {
    const error = assertThrows(() => new mp.Process(options as { name: string }), TypeError);
    note(error.message);
  }
  assertEquals(activeChildren(), []);
});

conform("Process refuses options that there are not, and tells which there are", (note) => {
  const Own = getContext(method).Process;
  class Sub extends Own {}
  const unknown: [option: string, value: unknown][] = [
    ["deamon", true],
    ["group", 1],
    ["group", undefined],
    ["processes", 1],
  ];
  for (const Class of [mp.Process, Own, Sub]) {
    for (const [option, value] of unknown) {
      const make = () => new Class({ target: () => {}, [option]: value } as object);
      const { message } = assertThrows(make, TypeError, `no option "${option}"; there are: target`);
      note(message);
    }
  }
  assertEquals(activeChildren(), []);
});

conform("Process refuses what is not offered, rather than do without", (note) => {
  const wanted: [option: string, value: unknown][] = [
    ["resourceLimits", { maxOldGenerationSizeMb: 64 }],
  ];
  for (const [option, value] of wanted) {
    const make = () => new mp.Process({ target: () => {}, [option]: value } as object);
    note(assertThrows(make, NotSupportedError, `"${option}" is not offered`).message);
  }
});

conform("Process refuses wrong types of what only a process has", (note) => {
  for (
    const options of [
      { env: 5 },
      { env: null },
      { env: ["A=1"] },
      { env: { A: 1 } },
      { env: { A: "1", B: null } },
      { cwd: 5 },
      { execArgv: "-v" },
      { execArgv: [1] },
      { execArgv: { 0: "-v" } },
    ]
  ) {
    const error = assertThrows(
      () => new mp.Process(options as unknown as { cwd: string }),
      TypeError,
    );
    note(error.message);
  }
}, { skip: ownEnv });

conform("an argument that cannot be sent is refused with its path", async (note) => {
  const user: { name: string; socket: unknown } = { name: "bob", socket: new Socket() };
  const child = new mp.Process({ target: (_user: unknown) => {}, args: [{ user }], name: "P" });
  const error = await assertRejects(() => child.start(), SerializationError);
  assertEquals(error.path, "args[0].user.socket");
  assertUnstarted(child);
  user.socket = () => {};
  const second = await assertRejects(() => child.start(), SerializationError);
  assertEquals(second.path, "args[0].user.socket");
  user.socket = null;
  assertEquals(await runToEnd(child), 0);
  note([error.path, error.message]);
});

conform("a function with outer variables is refused before anything starts", async (note) => {
  const outer = { count: 1 };
  const child = new mp.Process({
    target: () => {
      outer.count++;
      console.log(method);
    },
  });
  const error = await assertRejects(() => child.start(), FreeVariableError);
  assertUnstarted(child);
  assertEquals(error.variables.map(({ name }) => name), ["outer", "method"]);
  const hidden = new mp.Process({ target: targets.notExported.hidden, args: [freshPath()] });
  const unexported = await assertRejects(() => hidden.start(), FreeVariableError);
  assertUnstarted(hidden);
  note([error.variables.map(({ name }) => name), unexported.variables.map(({ name }) => name)]);
});

conform("a refused start leaves no trace in a later one", async (note) => {
  const holder: { value: unknown } = { value: () => {} };
  const child = new mp.Process({ target: targets.wait, args: [holder] as unknown as [] });
  const refused = child.start();
  child.terminate();
  await assertRejects(() => refused, SerializationError);
  holder.value = 1;
  await child.start();
  // The end that was asked of the refused start is not for this one.
  assertEquals([child.isAlive(), await child.join({ timeout: 50 })], [true, null]);
  child.kill();
  note(await child.join());
});

conform("nothing is left", () => {
  assertEquals(activeChildren(), []);
});
