/**
 * Functions and classes on their way to another process or thread. Users see `ref()`, `capture()`,
 * `register()` and the type `Callable`. The life of a function there:
 *
 * 1. It is given: by itself, by `ref.ts`, `capture.ts` or `register.ts` (`check_callable.ts`).
 * 2. Its text is checked for outer variables: `self_contained.ts` knows the plainest functions at
 *    once; for the others `analyze_once.ts` loads `outer_variables.ts` with a parser.
 * 3. Without any, its text is sent. Else it is found by its name: `call_site.ts` tells which modules
 *    are calling, `find_by_name.ts` looks through their exports (`module_exports.ts`), sources
 *    (`module_source.ts`), and what they export so far (`exports_so_far.ts`). No module is run for
 *    that, even where another one than the runtime has evaluated it (`tool_modules.ts`).
 * 4. So `pack_function.ts` (`pack_captured.ts`, `pack_class.ts`) makes a `PackedFunction` of it,
 *    plain data, or refuses it (`function_errors.ts`). Where sending cannot wait for that, the other
 *    side has to find it: `function_to_find.ts`.
 * 5. There `unpack_function.ts` makes it again, with the helpers that its compiler took for granted
 *    (`compiler_helpers.ts`). What is only passed on stays packed (`already_packed.ts`).
 *
 * @module
 */
export { alreadyPacked } from "./already_packed.ts";
export { type CallSite, loadAnalyzer } from "./analyze_once.ts";
export { callSiteModules, noteLoaded } from "./call_site.ts";
export type { AnyClass, AnyFunction, Callable, Captured, Ref } from "./callable.ts";
export { capture } from "./capture.ts";
export { checkCallable, namesFunction } from "./check_callable.ts";
export { packAtOnce, type PackedAtOnce, unpackOrFind } from "./function_to_find.ts";
export { withErrorClasses } from "./learn_errors.ts";
export { packClass } from "./pack_class.ts";
export { packFunction } from "./pack_function.ts";
export type { PackedFunction, PackedRef } from "./packed_function.ts";
export { ref } from "./ref.ts";
export { register } from "./register.ts";
export { unpackFunction } from "./unpack_function.ts";
