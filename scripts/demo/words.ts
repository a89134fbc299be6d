/**
 * The identifiers of a source text. Comments, texts in quotes and the keywords of JavaScript, TypeScript, C and C++ do not
 * count; a template text counts as code. An identifier here is made of ASCII letters, digits, `_` and `$`.
 *
 * @module
 */

const keywords: ReadonlySet<string> = new Set(
  ("abstract any as async auto await bigint bool boolean break case catch char class const constexpr continue declare default " +
    "define defined delete do double elif else endif enum explicit export extends extern false finally float for friend " +
    "from function goto if ifdef ifndef implements import in include infer inline instanceof int interface is keyof let long " +
    "namespace never new null nullptr number object of operator override private protected public readonly register return " +
    "satisfies short signed sizeof static string struct super switch symbol template this throw true try type typedef typename " +
    "typeof undef undefined union unknown unsigned using var virtual void volatile while with yield")
    .split(" "),
);

const [newline, quote, apostrophe, star, slash, backslash] = [..."\n\"'*/\\"].map(codeOf);

/** What a character can be in an identifier: 0 nothing, 1 any part of it, 2 any part but the first. */
const kinds: Uint8Array = new Uint8Array(256).map((_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z_$]/.test(character) ? 1 : /[0-9]/.test(character) ? 2 : 0;
});

/**
 * Counts the identifiers of a text.
 *
 * @param text The text, one byte a character.
 * @param counts Where they are counted.
 */
export function countWords(text: string, counts: Map<string, number>): void {
  const { length } = text;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (kinds[code] !== 0) {
      const end = endOfWord(text, at);
      if (kinds[code] === 1) count(text.slice(at, end), counts);
      at = end;
    } else if (code === slash) at = endOfComment(text, at);
    else if (code === quote || code === apostrophe) at = endOfQuotes(text, at, code);
    else at++;
  }
}

function count(word: string, counts: Map<string, number>): void {
  if (!keywords.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
}

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && kinds[text.charCodeAt(at)] !== 0) at++;
  return at;
}

/** The end of a comment, or of a `/` that begins none. */
function endOfComment(text: string, start: number): number {
  const next = text.charCodeAt(start + 1);
  if (next !== slash && next !== star) return start + 1;
  const end = next === slash ? text.indexOf("\n", start) : text.indexOf("*/", start + 2);
  if (end < 0) return text.length;
  return next === slash ? end : end + 2;
}

/** The end of a text in quotes: at the line's end at the latest. */
function endOfQuotes(text: string, start: number, mark: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === newline) return at;
    if (code === mark) return at + 1;
    at += code === backslash ? 2 : 1;
  }
  return at;
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}
