/**
 * How functions and classes are named, so that another process or thread can have them.
 *
 * The calling side: `describeCallable()` and `describeClass()` give descriptors, which are plain
 * data. The other side: `materialize()` makes the function of it. Users see `ref()`, `capture()`,
 * `register()` and the type `Callable`.
 *
 * @module
 */
export { callSiteModules } from "./call_site.ts";
export { capture } from "./capture.ts";
export { checkCallable, namesFunction } from "./check_callable.ts";
export type { CallSite } from "./analyze_once.ts";
export { describeCallable } from "./describe.ts";
export { describeClass } from "./describe_class.ts";
export { described } from "./described.ts";
export type {
  CallableDescriptor,
  CaptureDescriptor,
  RefCheck,
  RefDescriptor,
  TextDescriptor,
} from "./descriptor.ts";
export { type ImportModule, materialize } from "./materialize.ts";
export { withErrorClasses } from "./learn_errors.ts";
export { ref } from "./ref.ts";
export type { Namespace } from "./module_exports.ts";
export { importError, memberError } from "./refusal.ts";
export { register } from "./register.ts";
export { fromSketch, sketchCallable, type Sketched } from "./sketch.ts";
export { loadAnalyzer } from "./analyzer.ts";
export type { AnyClass, AnyFunction, Callable, Captured, Ref } from "./types.ts";
