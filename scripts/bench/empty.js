// Nothing: see bare_children.ts.
export {};
