/**
 * Makes a built file such that bundlers can leave out what a program does not use, and that classes keep their names.
 *
 * - Whoever bundles a program keeps each statement of a module that might do something: a class with a static block (which
 *   registers its handles, say), a table that is computed. Here such a value becomes `/*@__PURE__*\/(()=>value)()`, by which
 *   all bundlers know that it is not needed unless somebody names it. So what a class registers is registered where the class
 *   is used, and nowhere else.
 * - esbuild writes `var Lock = class _Lock { … }` for a class that names itself, and would need a call for every class and
 *   function to keep the name: that takes Bun a fifth of its time to load this library. Here the class gets its name back, and
 *   a public one sets it by itself, so that it has it in every bundle.
 *
 * It holds because a module of this library does nothing at its top level but make what it declares: other statements are
 * refused.
 *
 * @module
 */

import { type AnyNode, type ClassExpression, type Expression, parse, type Program } from "acorn";

/** A text in place of a part of the file. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Constructors that do nothing when they are given nothing, as all bundlers know. */
const HARMLESS = /^new (Map|Set|WeakMap|WeakSet)(\(\))?$/;

/**
 * Rewrites a built file.
 *
 * @param code The file, as esbuild wrote it.
 * @param isEntry Whether it is a program, which may do something.
 * @param named The names of the public classes.
 * @returns The file.
 * @throws {Error} when a class cannot have its name, or a statement does something when the file is loaded.
 */
export function makeShakable(
  code: string,
  isEntry: boolean,
  named: ReadonlySet<string> = new Set(),
): string {
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const edits: Edit[] = [];
  const namespaces = new Map<string, string>();
  for (const statement of program.body) {
    const namespace = namespaceOf(statement, code);
    if (namespace === null) continue;
    namespaces.set(...namespace);
    edits.push({ start: statement.start, end: statement.end, text: "" });
  }
  for (const { id, init } of declarations(program, code, isEntry)) {
    const fill = namespaces.get(id);
    if (fill !== undefined) {
      edits.push({ start: init.start, end: init.end, text: `/*@__PURE__*/(()=>${fill})()` });
      continue;
    }
    if (init.type === "ClassExpression") edits.push(...renamings(code, id, init));
    const isNamed = init.type === "ClassExpression" && named.has(id);
    if (!isNamed && isHarmless(init, code)) continue;
    if (isNamed) edits.push(naming(init, id));
    edits.push({ start: init.start, end: init.start, text: "/*@__PURE__*/(()=>" + open(init) });
    edits.push({ start: init.end, end: init.end, text: close(init) + ")()" });
  }
  return edited(code, edits);
}

/**
 * What `import * as name` has become: an empty object, which a statement fills.
 *
 * @returns Its name, and the body of a function that makes it; `null` for other statements.
 */
function namespaceOf(statement: AnyNode, code: string): [string, string] | null {
  if (statement.type !== "ExpressionStatement") return null;
  const call = statement.expression;
  if (call.type !== "CallExpression" || call.callee.type !== "Identifier") return null;
  const [target, members] = call.arguments;
  if (call.callee.name !== "__export" || target?.type !== "Identifier" || !members) return null;
  const content = code.slice(members.start, members.end);
  return [target.name, `{const it={};__export(it,${content});return it}`];
}

/** An object's braces would be a function's. */
function open({ type }: Expression): string {
  return type === "ObjectExpression" ? "(" : "";
}

function close({ type }: Expression): string {
  return type === "ObjectExpression" ? ")" : "";
}

function* declarations(
  program: Program,
  code: string,
  isEntry: boolean,
): Generator<{ id: string; init: Expression }> {
  for (const statement of program.body) {
    if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) {
        if (id.type !== "Identifier") throw refusal(code, statement);
        if (init) yield { id: id.name, init };
      }
    } else if (
      !isEntry && namespaceOf(statement, code) === null &&
      !/^(Import|Export|Function)/.test(statement.type)
    ) {
      throw refusal(code, statement);
    }
  }
}

function refusal(code: string, { start, end }: AnyNode): Error {
  const text = code.slice(start, end).slice(0, 200);
  return new Error(`A module does something when it is loaded, so no bundler can drop it: ${text}`);
}

/** Whether bundlers see by themselves that nobody misses it. */
function isHarmless(node: AnyNode, code: string): boolean {
  switch (node.type) {
    case "Literal":
    case "Identifier":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return true;
    case "UnaryExpression":
      return node.operator !== "delete" && isHarmless(node.argument, code);
    case "BinaryExpression":
      return isHarmless(node.left, code) && isHarmless(node.right, code);
    case "TemplateLiteral":
      return node.expressions.length === 0;
    case "ArrayExpression":
      return node.elements.every((element) => element === null || isHarmless(element, code));
    case "ObjectExpression":
      return node.properties.every((property) =>
        property.type === "Property" && !property.computed && isHarmless(property.value, code)
      );
    case "NewExpression":
      return HARMLESS.test(code.slice(node.start, node.end));
    case "ClassExpression":
      return node.body.body.every((member) =>
        member.type === "MethodDefinition" ||
        (member.type === "PropertyDefinition" &&
          (!member.static || !member.value || isHarmless(member.value, code)))
      );
    default:
      return false;
  }
}

/** Gives a class its name back: `_Lock` becomes `Lock`, inside of the class, where nothing else may be called so. */
function renamings(code: string, name: string, { id, start, end }: ClassExpression): Edit[] {
  if (!id || id.name === name) return [];
  const names = identifiers(code.slice(start, end));
  if (id.name !== `_${name}` || names.some((found) => found.name === name)) {
    throw new Error(`The class ${name} cannot have its name: something in it is called so, too`);
  }
  return names.filter((found) => found.name === id.name)
    .map((found) => ({ start: start + found.start, end: start + found.end, text: name }));
}

/** Lets a class set its own name. */
function naming({ body }: ClassExpression, name: string): Edit {
  const value = JSON.stringify(name);
  const text = `static{Object.defineProperty(this,"name",{value:${value},configurable:true})}`;
  return { start: body.start + 1, end: body.start + 1, text };
}

/**
 * The names that a module of other modules' exports gives.
 *
 * @param source Its text: `export { A, type B, C as D } from "…"` and the like.
 * @returns The names of its values, as the other modules call them.
 */
export function exportedNames(source: string): Set<string> {
  const lists = [...source.matchAll(/export \{([^}]*)\}/g)].flatMap(([, list]) => list.split(","));
  const values = lists.map((entry) => entry.trim()).filter((entry) => !entry.startsWith("type "));
  return new Set(values.map((entry) => entry.split(" as ")[0]).filter((name) => name !== ""));
}

/** The names in a class, but for those of members. */
function identifiers(code: string): { name: string; start: number; end: number }[] {
  const found: { name: string; start: number; end: number }[] = [];
  const visit = (node: unknown, key: string, parent: AnyNode | null): void => {
    if (Array.isArray(node)) return node.forEach((item) => visit(item, key, parent));
    if (typeof node !== "object" || node === null || !("type" in node)) return;
    const here = node as AnyNode;
    if (here.type === "Identifier" && !isMember(key, parent)) found.push(here);
    for (const [inner, value] of Object.entries(here)) visit(value, inner, here);
  };
  visit(parse(`(${code})`, { ecmaVersion: "latest", sourceType: "module" }), "", null);
  return found.map(({ name, start, end }) => ({ name, start: start - 1, end: end - 1 }));
}

function isMember(key: string, parent: AnyNode | null): boolean {
  if (parent === null) return false;
  if (key === "property") return parent.type === "MemberExpression" && !parent.computed;
  if (key !== "key") return false;
  const { computed, shorthand } = parent as { computed?: boolean; shorthand?: boolean };
  return computed !== true && shorthand !== true;
}

function edited(code: string, edits: Edit[]): string {
  let text = "";
  let end = 0;
  // Those that begin together stay in their order: what wraps a class stands before its name.
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    text += code.slice(end, edit.start) + edit.text;
    end = edit.end;
  }
  return text + code.slice(end);
}
