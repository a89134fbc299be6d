/**
 * Writes the dashboard's page, its style and its script into a module, since neither JSR nor a bundle carries other files along:
 * `src/dashboard/page_files.ts`, from what stands in `src/dashboard/page`.
 *
 * ```sh
 * node scripts/build_page.ts
 * node scripts/build_page.ts --check   # fails when it is not up to date
 * ```
 *
 * @module
 */

import { build, transform } from "esbuild";
import { readText } from "./support/files.ts";
import { keepWritten } from "./support/keep_written.ts";
import { inRoot } from "./support/paths.ts";

const FOLDER = "src/dashboard/page";
const HEADER = `/**
 * The page, its style and its script. Written by \`scripts/build_page.ts\` from what stands in \`page\`.
 *
 * @module
 */
`;

keepWritten("scripts/build_page.ts", {
  "src/dashboard/page_files.ts": [
    HEADER,
    ...declaration("The page.", "PAGE", readText(`${FOLDER}/page.html`)),
    ...declaration("Its style.", "STYLE", await styleText()),
    ...declaration("Its script.", "SCRIPT", await scriptText()),
  ].join("\n").trimEnd() + "\n",
});

function declaration(says: string, name: string, text: string): string[] {
  return [`/** ${says} */`, `export const ${name}: string = ${JSON.stringify(text)};`, ""];
}

async function styleText(): Promise<string> {
  const { code } = await transform(readText(`${FOLDER}/style.css`), {
    loader: "css",
    minifyWhitespace: true,
  });
  return code;
}

async function scriptText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [inRoot(`${FOLDER}/main.ts`)],
    bundle: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    minifyWhitespace: true,
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}
