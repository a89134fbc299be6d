/**
 * Changing a page in place: what has not changed is not touched, so nobody loses the focus or a selection.
 *
 * What the program says, its names, arguments and errors, becomes text and never markup.
 *
 * @module
 */

/** An element that the page has. */
export function byId(id: string): HTMLElement {
  return document.getElementById(id)!;
}

/**
 * Makes an element.
 *
 * @param name The element's name.
 * @param attributes Its attributes.
 * @param children What is in it.
 */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Sets an element's text. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute; `null` takes it away. */
export function setAttribute(element: Element, name: string, value: string | null): void {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** Something that is shown, and shown again when it has changed. */
export interface Part<T> {
  readonly element: HTMLElement;
  update(value: T): void;
}

/** Parts of a list, by what tells them from each other. */
export class PartList<T> {
  readonly #parent: Element;
  readonly #keyOf: (value: T) => string;
  readonly #create: (value: T) => Part<T>;
  readonly #parts = new Map<string, Part<T>>();

  /**
   * @param parent What they stand in, alone.
   * @param keyOf What tells one from the others.
   * @param create Makes one.
   */
  constructor(parent: Element, keyOf: (value: T) => string, create: (value: T) => Part<T>) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#create = create;
  }

  /** Shows these, in this order. */
  update(values: readonly T[]): void {
    const keys = new Set(values.map(this.#keyOf));
    for (const [key, { element }] of this.#parts) {
      if (keys.has(key)) continue;
      element.remove();
      this.#parts.delete(key);
    }
    let place: Element | null = this.#parent.firstElementChild;
    for (const value of values) {
      const key = this.#keyOf(value);
      let part = this.#parts.get(key);
      if (part === undefined) this.#parts.set(key, part = this.#create(value));
      part.update(value);
      if (part.element === place) place = place.nextElementSibling;
      else this.#parent.insertBefore(part.element, place);
    }
  }
}
