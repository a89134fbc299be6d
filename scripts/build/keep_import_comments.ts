/**
 * What tells users' bundlers to leave an `import()` alone whose module is known only at run time. The build takes all comments out;
 * these are put in again.
 *
 * @module
 */

/** An `import()` of something else than a text. */
const LATE_IMPORT = /\bimport\((?!["'`$])/g;

/** For Vite and what it is made of, and for webpack. */
const HINTS = "/*@vite-ignore*//*webpackIgnore:true*/";

/** A plugin for tsup. */
export const keepImportComments = {
  name: "keep-import-comments",
  renderChunk(code: string): { code: string } {
    return { code: code.replace(LATE_IMPORT, `import(${HINTS}`) };
  },
};
