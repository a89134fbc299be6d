// Nothing: see bare.ts.
export {};
