/**
 * The parts of the page, each with what it says when there is nothing to show.
 *
 * @module
 */

import type { ManagerView, QueueView, Snapshot } from "../data/views.ts";
import { byId, make, PartList, setAttribute, setText } from "./dom.ts";
import { ErrorPart } from "./errors.ts";
import { count } from "./format.ts";
import { MapPart } from "./maps.ts";
import { PoolPart } from "./pools.ts";
import type { Store } from "./store.ts";
import { Table } from "./table.ts";

/** A list that may be long: it can be scrolled, also with a keyboard. */
const SCROLLED = { class: "scrolled", tabindex: "0", role: "group", "aria-label": "Latest errors" };

/** A place for a list. */
interface Place {
  readonly list: HTMLElement;
  /** Says how many are not listed, or that there is nothing. */
  say(length: number, more: number): void;
}

function place(
  id: string,
  nothing: string,
  attributes: Readonly<Record<string, string>> = {},
): Place {
  const [list, note] = [make("div", attributes), make("p", { class: "soft" })];
  byId(id).replaceChildren(list, note);
  const say = (length: number, more: number): void => {
    setText(note, length === 0 ? nothing : more > 0 ? `and ${count(more)} more` : "");
    setAttribute(list, "hidden", length === 0 ? "" : null);
  };
  return { list, say };
}

/**
 * Makes the parts.
 *
 * @param store What is known.
 * @param mayControl Whether there are buttons.
 * @returns Shows what is known now.
 */
export function makeLists(store: Store, mayControl: boolean): (snapshot: Snapshot) => void {
  const places = {
    pools: place("pools", "No pool has been created yet."),
    maps: place("maps", "No map is running."),
    errors: place("errors", "No task has failed.", SCROLLED),
    queues: place("queues", "No queue has been created yet."),
    managers: place("managers", "No manager has been created yet."),
  };
  const pools = new PartList(
    places.pools.list,
    ({ number }) => String(number),
    (pool: Snapshot["pools"][number]) => new PoolPart(pool, store, mayControl),
  );
  const maps = new PartList(
    places.maps.list,
    ({ pool, job }) => `${pool} ${job}`,
    (map: Snapshot["maps"][number]) => new MapPart(map, mayControl),
  );
  const errors = new PartList(
    places.errors.list,
    ({ id }) => String(id),
    (_: Store["errors"][number]) => new ErrorPart(),
  );
  const [queues, managers] = [queueTable(), managerTable()];
  places.queues.list.append(queues.element);
  places.managers.list.append(managers.element);
  return (snapshot) => {
    const all = { ...snapshot, errors: store.errors };
    pools.update(all.pools);
    maps.update(all.maps);
    errors.update(all.errors);
    queues.update(all.queues);
    managers.update(all.managers);
    const more = { errors: 0, managers: 0, ...snapshot.more };
    for (const name of Object.keys(places) as (keyof typeof places)[]) {
      places[name].say(all[name].length, more[name]);
    }
  };
}

function queueTable(): Table<QueueView> {
  return new Table(
    "Queues",
    [
      { title: "Queue", text: ({ number, kind }) => `${kind} ${number}` },
      {
        title: "Items",
        kind: "number",
        text: ({ size }) => size === null ? "closed" : count(size),
      },
    ],
    ({ number }) => String(number),
    true,
  );
}

function managerTable(): Table<ManagerView> {
  return new Table(
    "Managers",
    [
      { title: "Manager", text: ({ name, number }) => `${name} ${number}` },
      { title: "Server", text: ({ pid, address }) => serverText(pid, address) },
      { title: "State", kind: "short", text: ({ state }) => state },
      {
        title: "Clients",
        kind: "number",
        text: ({ clients }) => clients === null ? "–" : count(clients),
      },
      {
        title: "Objects",
        kind: "number",
        text: ({ objects }) => objects === null ? "–" : count(objects),
      },
      { title: "Types", kind: "wide", text: ({ types }) => typesText(types) },
    ],
    ({ number }) => String(number),
    true,
  );
}

function serverText(pid: number | null, address: string | null): string {
  const parts = [pid === null ? "" : `pid ${pid}`, address ?? ""].filter((part) => part !== "");
  return parts.length === 0 ? "–" : parts.join(", ");
}

function typesText(types: ManagerView["types"]): string {
  const parts = Object.entries(types).map(([name, number]) => `${count(number)} × ${name}`);
  return parts.length === 0 ? "–" : parts.join(", ");
}
