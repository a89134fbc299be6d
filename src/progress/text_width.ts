/**
 * How much room a text takes in a terminal, and how it is cut.
 *
 * A letter with its marks, or several signs that make one picture, are one piece, which is not cut apart. What is wide in East Asia, and
 * pictures, take two columns.
 *
 * @module
 */

/** A piece that takes two columns. */
const WIDE = new RegExp(
  "^(?:" +
    "[\\u1100-\\u115F\\u2E80-\\u303E\\u3041-\\uA4CF\\uA960-\\uA97F\\uAC00-\\uD7A3\\uF900-\\uFAFF" +
    "\\uFE10-\\uFE19\\uFE30-\\uFE6F\\uFF01-\\uFF60\\uFFE0-\\uFFE6" +
    "\\u{16FE0}-\\u{18DFF}\\u{1B000}-\\u{1B2FF}\\u{1F200}-\\u{1F2FF}\\u{20000}-\\u{3FFFD}]" +
    "|\\p{Emoji_Presentation}|\\p{RI}\\p{RI}|.\\uFE0F)",
  "u",
);
/** A piece that takes none: marks without a letter. */
const EMPTY = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** What needs no taking apart. */
const PLAIN = /^[ -~]*$/;
/** Colours and the like. */
const SEQUENCE = /\p{Cc}\[[0-?]*[ -/]*[@-~]/gu;
/** What would move the cursor. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** What would turn the direction of writing. */
const DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const ELLIPSIS = "…";

/**
 * A text as one line that moves no cursor.
 *
 * @param text Any text.
 * @returns The text without colours and controls.
 */
export function plainLine(text: string): string {
  return text.replace(SEQUENCE, "").replace(CONTROL, " ").replace(DIRECTION, "");
}

/** How many columns a line takes. */
export function widthOf(line: string): number {
  if (PLAIN.test(line)) return line.length;
  let width = 0;
  for (const piece of piecesOf(line)) width += widthOfPiece(piece);
  return width;
}

/**
 * Cuts a line.
 *
 * @param line The line.
 * @param most How many columns it may take.
 * @returns The line, or its beginning and an ellipsis.
 */
export function cutLine(line: string, most: number): string {
  if (widthOf(line) <= most) return line;
  if (most < 1) return "";
  let cut = "";
  let width = 0;
  for (const piece of piecesOf(line)) {
    width += widthOfPiece(piece);
    if (width > most - 1) break;
    cut += piece;
  }
  return cut + ELLIPSIS;
}

function widthOfPiece(piece: string): number {
  if (piece.length === 1 && piece < "\u0300") return 1;
  if (EMPTY.test(piece)) return 0;
  return WIDE.test(piece) ? 2 : 1;
}

function* piecesOf(line: string): Generator<string> {
  for (const { segment } of new Intl.Segmenter().segment(line)) yield segment;
}
