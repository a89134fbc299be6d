import { assertEquals, assertThrows } from "@std/assert";
import { test } from "node:test";
import { exportedNames, makeShakable } from "../../scripts/build/shakable.ts";

test("a class gets its name back, and is marked where it does something", () => {
  const built = "var Lock=class _Lock{static{register(_Lock)}static create(){return new _Lock}};";
  assertEquals(
    makeShakable(built, false),
    "var Lock=/*@__PURE__*/(()=>class Lock{static{register(Lock)}static create(){return new Lock}})();",
  );
});

test("what bundlers know to be harmless stays as it is", () => {
  const built =
    "var a=1,b=()=>a,c=new Map,d=class{x=f();static y=1},e={a:[2]};function f(){}export{a};";
  assertEquals(makeShakable(built, false), built);
});

test("a table that is computed is marked; an object is none of a function's braces", () => {
  assertEquals(
    makeShakable("var a=f(),b={[a]:1};", false),
    "var a=/*@__PURE__*/(()=>f())(),b=/*@__PURE__*/(()=>({[a]:1}))();",
  );
});

test("a namespace is filled where it is made", () => {
  assertEquals(
    makeShakable("var all={};__export(all,{a:()=>a});var a=1;", false),
    "var all=/*@__PURE__*/(()=>{const it={};__export(it,{a:()=>a});return it})();var a=1;",
  );
});

test("members and fields of the same name are left alone", () => {
  const built = "var A=class _A{_A=1;get(x){return x._A+this._A}static of(){return _A}};";
  assertEquals(
    makeShakable(built, false),
    "var A=class A{_A=1;get(x){return x._A+this._A}static of(){return A}};",
  );
});

test("a class whose name would mean something else in it is refused", () => {
  const built = "var A=class _A{get(A){return [A,_A]}};";
  assertThrows(() => makeShakable(built, false), Error, "The class A cannot have its name");
});

test("a module that does something when it is loaded is refused; a program may", () => {
  assertThrows(
    () => makeShakable("register(1);", false),
    Error,
    "does something when it is loaded",
  );
  assertEquals(makeShakable("register(1);", true), "register(1);");
});

test("a public class sets its own name, whatever a bundler calls it", () => {
  assertEquals(
    makeShakable("var A=class{};", false, new Set(["A"])),
    'var A=/*@__PURE__*/(()=>class{static{Object.defineProperty(this,"name",{value:"A",configurable:true})}})();',
  );
});

test("the names of the values that a module passes on", () => {
  const source = 'export { A, type B, C as D } from "./a.ts";\nexport type { E } from "./e.ts";\n';
  assertEquals([...exportedNames(source)], ["A", "C"]);
});
