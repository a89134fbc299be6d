/**
 * Sorts a million numbers on all cores: parts are sorted side by side, then merged in pairs. All of
 * it happens in two shared arrays; a worker is told which parts of them it has to do.
 *
 * Run: `node examples/parallel_sort.ts`, `bun examples/parallel_sort.ts`,
 * `deno run -A examples/parallel_sort.ts`.
 */

import { Pool, RawArray } from "@allcores/multiprocessing";

const [count, parts] = [1_000_000, 8];

/** A part of a shared array arrives as that part of the same memory. */
function sort(part: Uint32Array): void {
  part.sort();
}

function merge(left: Uint32Array, right: Uint32Array, target: Uint32Array): void {
  let [l, r] = [0, 0];
  for (let i = 0; i < target.length; i++) {
    const takesLeft = r === right.length || (l < left.length && left[l] <= right[r]);
    target[i] = takesLeft ? left[l++] : right[r++];
  }
}

/** Numbers without an order, the same in each run. */
function fill(numbers: Uint32Array): void {
  let number = 1;
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = number = (Math.imul(number, 1_664_525) + 1_013_904_223) >>> 0;
  }
}

function show(numbers: Uint32Array): void {
  const isSorted = numbers.every((number, i) => i === 0 || numbers[i - 1] <= number);
  console.log(`${numbers.subarray(0, 3).join(", ")} …: ${isSorted ? "sorted" : "not sorted"}`);
}

if (import.meta.main) {
  let [numbers, other] = [RawArray("uint32", count), RawArray("uint32", count)];
  fill(numbers);
  show(numbers);
  await using pool = new Pool();
  const starts = (size: number) => Array.from({ length: count / size }, (_, i) => i * size);
  let size = count / parts;
  await pool.map(sort, starts(size).map((from) => numbers.subarray(from, from + size)));
  for (; size < count; size *= 2) {
    const left = starts(2 * size).map((from) => numbers.subarray(from, from + size));
    const right = starts(2 * size).map((from) => numbers.subarray(from + size, from + 2 * size));
    const target = starts(2 * size).map((from) => other.subarray(from, from + 2 * size));
    await pool.map(merge, left, right, target);
    [numbers, other] = [other, numbers];
  }
  show(numbers);
}

// Prints:
// 1015568748, 1586005467, 2165703038 …: not sorted
// 1123, 11449, 13197 …: sorted
