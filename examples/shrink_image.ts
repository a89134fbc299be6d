/**
 * Shrinks a grey image on all cores. The image and the small one are shared arrays: the workers
 * read and write the same memory as this program, and no pixel is copied between processes.
 *
 * Run: `node examples/shrink_image.ts`, `bun examples/shrink_image.ts`,
 * `deno run -A examples/shrink_image.ts`.
 */

import { Pool, RawArray } from "@allcores/multiprocessing";

const [width, height, columns, rows] = [960, 480, 40, 10];

/** Each pixel of a row is the mean of a block of pixels in a band of the large image. */
export function shrink(band: Uint8Array, row: Uint8Array): void {
  const across = width / columns;
  const sums = new Float64Array(columns);
  for (let i = 0; i < band.length; i++) sums[Math.floor(i % width / across)] += band[i];
  row.set(sums.map((sum) => sum / (band.length / columns)));
}

/** A ball that is lit from the upper left. */
function drawBall(pixels: Uint8Array): void {
  for (let i = 0; i < pixels.length; i++) {
    const x = 2 * (i % width) / width - 1;
    const y = 2 * Math.floor(i / width) / height - 1;
    const depth = 1 - x * x - y * y;
    if (depth > 0) pixels[i] = 255 * Math.max(0.15, (Math.sqrt(depth) - x - y) / Math.sqrt(3));
  }
}

/** Parts of a shared array, which arrive in a worker as parts of the same memory. */
function split(pixels: Uint8Array, count: number): Uint8Array[] {
  const size = pixels.length / count;
  return Array.from({ length: count }, (_, i) => pixels.subarray(i * size, (i + 1) * size));
}

if (import.meta.main) {
  const large = RawArray("uint8", width * height);
  const small = RawArray("uint8", columns * rows);
  drawBall(large);
  await using pool = new Pool();
  await pool.map(shrink, split(large, rows), split(small, rows));
  for (const row of split(small, rows)) {
    const letters = Array.from(row, (grey) => " .:-=+*#%@"[Math.floor(grey / 26)]);
    console.log(letters.join("").trimEnd());
  }
}

// Prints:
//          :-=+**######**++=-::.
//     .-*%@@@@@@@@%%%%###***++==-::.
//   -#@@@@@@@@@@@%%%%###***+++==--::...
// .*%@@@@@@@@%%%%%####****++===--::......
// +#%%%%%%%%%%#####****+++===--::.........
// +*#########*****++++===---:::...........
//  =+++++++++++++====---:::..............
//   .:--====------::::.................
//       ............................
//              ..............
