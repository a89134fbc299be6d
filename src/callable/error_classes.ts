/**
 * The error classes that modules export: errors of them arrive as what they are, although nobody
 * registered them. A worker learns the classes of a module when it takes a function from it.
 *
 * @module
 */
import { addExportedError } from "../codec/exported_errors.ts";
import { exportNames, type Namespace, valueOf } from "./module_exports.ts";

const modules = new Set<string>();

/**
 * Makes the error classes known that a module exports, once.
 *
 * @param url The module.
 * @param namespace Its exports.
 */
export function addErrorClasses(url: string, namespace: Namespace): void {
  if (modules.has(url)) return;
  modules.add(url);
  for (const name of exportNames(namespace)) {
    addExportedError(`${url}#${name}`, valueOf(namespace, name));
  }
}

/**
 * Tells whether the error classes of a module are known.
 *
 * @param url The module.
 * @returns Whether they are.
 */
export function hasErrorClasses(url: string): boolean {
  return modules.has(url);
}
