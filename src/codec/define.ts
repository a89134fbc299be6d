/**
 * Sets a property as what it is, whatever the object's prototype makes of its name.
 *
 * @param object The object.
 * @param key The property's name, also one such as `__proto__`, to which assigning does something
 *   else.
 * @param value The property's value.
 * @param enumerable Whether it is enumerable. It can be written and deleted in any case.
 */
export function define(
  object: object,
  key: string,
  value: unknown,
  enumerable: boolean = true,
): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
