/**
 * Drawings for the documents: boxes with texts, `WIDTH` wide.
 *
 * Every text stands in a box of its own colour, and lines are of a middle grey, so that a drawing can be read on a dark and
 * on a light page.
 */

/** How wide every drawing is, which is what a page shows without making it smaller. */
export const WIDTH = 800;
/** The height of a line of text. */
export const LINE = 17;

/** A line of text in a box. */
export interface Text {
  readonly text: string;
  readonly size?: number;
  readonly isBold?: boolean;
  /** Whether it is less important than the others. */
  readonly isFaint?: boolean;
}

/** A box with lines of text in its middle. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly lines: readonly Text[];
}

/** Draws a box; its lines stand in the middle of its height. */
export function drawBox({ x, y, width, height, color, lines }: Box): string {
  const first = y + (height - lines.length * LINE) / 2 + 0.75 * LINE;
  const texts = lines.map((line, i) => drawText(line, x + width / 2, first + i * LINE));
  const area = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return [`  <g>`, `    <rect ${area} rx="6" fill="${color}"/>`, ...texts, `  </g>`].join("\n");
}

function drawText({ text, size = 13, isBold, isFaint }: Text, x: number, y: number): string {
  const font = `font-size="${size}"${isBold ? ' font-weight="bold"' : ""}`;
  const faint = isFaint ? ' fill-opacity="0.8"' : "";
  return `    <text x="${round(x)}" y="${round(y)}" ${font}${faint}>${text}</text>`;
}

/** Draws a line that leads down through some points, and is steep at each. */
export function drawLine(points: readonly { x: number; y: number }[], color: string): string {
  const [first, ...rest] = points;
  let path = `M${round(first.x)} ${round(first.y)}`;
  let from = first;
  for (const to of rest) {
    const middle = round((from.y + to.y) / 2);
    path += from.x === to.x
      ? `V${round(to.y)}`
      : `C${round(from.x)} ${middle} ${round(to.x)} ${middle} ${round(to.x)} ${round(to.y)}`;
    from = to;
  }
  return `  <path d="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
}

/** A whole drawing. */
export function drawing(title: string, height: number, content: readonly string[]): string {
  const size = `width="${WIDTH}" height="${round(height)}" viewBox="0 0 ${WIDTH} ${round(height)}"`;
  const font = 'font-family="sans-serif" fill="#ffffff" text-anchor="middle"';
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} role="img">`;
  return [head, `  <title>${title}</title>`, ...content, "</svg>", ""].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
