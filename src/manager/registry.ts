/**
 * What the classes of managers can make beyond the types of this library, and how it crosses to their servers.
 *
 * @module
 */

import {
  type AnyClass,
  type AnyFunction,
  namesFunction,
  packClass,
  type PackedFunction,
  packFunction,
  unpackFunction,
  withErrorClasses,
} from "../callable/mod.ts";
import { isClass } from "../callable/function_text.ts";
import type { Callable } from "../callable/callable.ts";
import { keyOfClass } from "../codec/registry.ts";
import { importUserModule } from "../identity/self.ts";
import { checkOptions, show } from "../support/options.ts";
import { checkExposed, checkProxyMethods, publicMethods } from "./wire/exposed.ts";
import { BaseProxy } from "./wire/proxy.ts";
import type { ProxyClass } from "./wire/proxy_classes.ts";
import type { ServedType } from "./served/served_type.ts";

/** How the objects of a registered type are offered. */
export interface RegisterOptions {
  /** The methods that may be called. @default those of the proxy's class, else all public ones */
  exposed?: readonly string[];
  /** The class of the proxies: a subclass of `BaseProxy` that `register()` knows. @default one made of the methods' names */
  proxyType?: ProxyClass & { readonly exposed?: readonly string[] };
  /** Of which types the objects are that methods give: method to name. Such a method gives a proxy. */
  methodToType?: Readonly<Record<string, string>>;
  /** Whether the manager gets a method to make one; else only other methods give them. @default {true} */
  createMethod?: boolean;
}

/** What makes the objects of a type. */
export type Factory = AnyClass | Callable | null;

/** A registered type. */
export interface Registration {
  readonly name: string;
  readonly factory: Factory;
  readonly exposed: readonly string[] | null;
  readonly proxyType: ProxyClass | null;
  readonly methodToType: Readonly<Record<string, string>>;
  readonly createMethod: boolean;
  /** The modules on the stack when it was registered. */
  readonly modules: readonly string[];
}

/** A registered type, as its server gets it. */
export interface TypeDescription {
  readonly name: string;
  readonly factory: PackedFunction | null;
  readonly isClass: boolean;
  readonly exposed: readonly string[] | null;
  readonly proxy: string | null;
  readonly methodToType: Readonly<Record<string, string>>;
  readonly createMethod: boolean;
}

const OPTIONS = ["exposed", "proxyType", "methodToType", "createMethod"];
const IDENTIFIER = /^[A-Za-z][\w$]*$/;

/**
 * Checks what a user registers.
 *
 * @param name The type's name.
 * @param factory What makes its objects.
 * @param options How they are offered.
 * @param modules The modules on the stack.
 * @returns The registration.
 * @throws {TypeError} when something is wrong.
 */
export function checkRegistration(
  name: unknown,
  factory: unknown,
  options: RegisterOptions,
  modules: readonly string[],
): Registration {
  checkName(name);
  if (factory !== null && !namesFunction(factory)) {
    throw new TypeError(`"${name}" must be a class, a function or null, got ${show(factory)}`);
  }
  checkOptions("register()", options, OPTIONS, '{ exposed: ["get"] }');
  const { proxyType, methodToType = {}, createMethod = true } = options;
  if (typeof createMethod !== "boolean") {
    throw new TypeError(`"createMethod" must be true or false, got ${show(createMethod)}`);
  }
  if (proxyType !== undefined && !(proxyType.prototype instanceof BaseProxy)) {
    throw new TypeError(`"proxyType" must be a subclass of BaseProxy, got ${show(proxyType)}`);
  }
  checkMethodToType(methodToType);
  const given = options.exposed ?? proxyType?.exposed;
  const exposed = given === undefined ? null : checkExposed(given);
  if (proxyType === undefined) checkOffered(name, factory, exposed);
  return {
    name,
    factory: factory as Factory,
    exposed,
    proxyType: proxyType ?? null,
    methodToType: { ...methodToType },
    createMethod,
    modules,
  };
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== "string" || !IDENTIFIER.test(name) || name in Object.prototype) {
    throw new TypeError(`The name of a type must be an identifier, got ${show(name)}`);
  }
  if (name === "then") {
    throw new TypeError('No type may be named "then": its manager would look like a promise');
  }
}

function checkMethodToType(methodToType: unknown): void {
  const isRecord = typeof methodToType === "object" && methodToType !== null;
  if (!isRecord || !Object.values(methodToType).every((type) => typeof type === "string")) {
    throw new TypeError(
      `"methodToType" must be like { child: "Child" }, names of types by methods, got ${
        show(methodToType)
      }`,
    );
  }
  checkExposed(Object.keys(methodToType));
}

/** What a function makes is known to the server only, which checks it then. */
function checkOffered(name: string, factory: unknown, exposed: readonly string[] | null): void {
  if (exposed !== null) return checkProxyMethods(name, exposed, false);
  if (typeof factory !== "function" || !isClass(factory as AnyFunction)) return;
  const { prototype } = factory as AnyClass;
  const isThenable = typeof (prototype as { then?: unknown })?.then === "function";
  checkProxyMethods(name, publicMethods(Object.create(prototype)), isThenable);
}

/**
 * Describes a registered type for its server.
 *
 * @param registration The type.
 * @param callSite The modules on the stack.
 * @returns The description.
 * @throws {FreeVariableError} (rejects with it) when the factory cannot be named for another process.
 * @throws {TypeError} when the class of its proxies is not registered.
 */
export async function describeType(
  registration: Registration,
  callSite: readonly string[],
): Promise<TypeDescription> {
  const { name, factory, exposed, methodToType, createMethod, modules } = registration;
  const sites = [...modules, ...callSite];
  const isConstructor = typeof factory === "function" && isClass(factory);
  const callers = () => sites;
  const packed = factory === null
    ? null
    : isConstructor
    ? packClass(factory as AnyClass, callers)
    : packFunction(factory, name, callers);
  return {
    name,
    factory: packed && await withErrorClasses(packed, callers),
    isClass: isConstructor,
    exposed,
    proxy: proxyKey(registration),
    methodToType,
    createMethod,
  };
}

/**
 * What a server makes of a description.
 *
 * @param description The description.
 * @returns The type.
 * @throws when its module or its factory cannot be loaded.
 */
export async function loadType(description: TypeDescription): Promise<ServedType> {
  const { factory } = description;
  const loaded = factory === null ? null : await unpackFunction(factory, importUserModule);
  return toType(description, loaded);
}

/**
 * A type that is served by this very process.
 *
 * @param registration The registration.
 * @returns The type.
 */
export async function localType(registration: Registration): Promise<ServedType> {
  const { factory } = registration;
  if (typeof factory === "function" || factory === null) {
    const isConstructor = typeof factory === "function" && isClass(factory);
    const description = { ...registration, isClass: isConstructor, proxy: proxyKey(registration) };
    return toType(description, factory);
  }
  return await loadType(await describeType(registration, []));
}

function toType(
  { name, isClass, exposed, proxy, methodToType, createMethod }: Omit<TypeDescription, "factory">,
  factory: AnyClass | AnyFunction | null,
): ServedType {
  const make = factory === null
    ? adopt
    : isClass
    ? (args: unknown[]) => new (factory as new (...args: unknown[]) => unknown)(...args)
    : (args: unknown[]) => (factory as AnyFunction)(...args);
  return {
    name,
    create: createMethod ? make : null,
    methods: exposed === null ? null : new Set(exposed),
    takesCall: false,
    proxy: proxy ?? undefined,
    methodToType: new Map(Object.entries(methodToType)),
  };
}

/** Without a factory the one argument becomes the object. */
function adopt(args: unknown[]): unknown {
  if (args.length === 1) return args[0];
  throw new TypeError("A type without a function to make it takes exactly one argument");
}

/** What each class of managers has registered itself. */
const registrations = new WeakMap<object, Map<string, Registration>>();

/** The classes of managers whose servers make the types of this library, too. */
const syncManagers = new WeakSet<object>();

/** Adds a type to those of a class of managers, or puts it in the place of the one of its name. */
export function addRegistration(manager: object, registration: Registration): void {
  let own = registrations.get(manager);
  if (own === undefined) registrations.set(manager, own = new Map());
  own.set(registration.name, registration);
}

/**
 * The types of a class of managers: what it has registered itself, and what those have that it extends.
 *
 * @param manager The class.
 */
export function registrationsOf(manager: object): Registration[] {
  const found = new Map<string, Registration>();
  for (const type of lineOf(manager)) {
    for (const [name, registration] of registrations.get(type) ?? []) {
      if (!found.has(name)) found.set(name, registration);
    }
  }
  return [...found.values()];
}

/** Lets the servers of a class of managers, and of those that extend it, make the types of this library. */
export function addSyncTypes(manager: object): void {
  syncManagers.add(manager);
}

/** Whether the servers of a class of managers make the types of this library. */
export function makesSyncTypes(manager: object): boolean {
  return [...lineOf(manager)].some((type) => syncManagers.has(type));
}

/** A class, and those that it extends. */
function* lineOf(type: object): Generator<object> {
  for (let next: object | null = type; next !== null; next = Object.getPrototypeOf(next)) {
    yield next;
  }
}

function proxyKey({ proxyType, name }: Registration): string | null {
  if (proxyType === null) return null;
  const key = keyOfClass(proxyType);
  if (key !== undefined) return key;
  throw new TypeError(
    `The proxies of "${name}" could not be received elsewhere: ` +
      `call register(import.meta.url, { ${proxyType.name} }) in the module that defines the class`,
  );
}
