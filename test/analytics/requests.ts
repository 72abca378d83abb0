import { hashOf } from '../../src/policy/key-hash.ts';

/** A hash for each of so many keys. */
export function hashes(count: number, name = 'key'): Int32Array {
  return Int32Array.from({ length: count }, (_, at) => hashOf(`${name} ${at}`, 7));
}

/** Numbers below `count` of which the smaller are asked for more often, by their rank (Zipf). */
export function zipf(count: number, exponent: number, random: () => number): () => number {
  const upTo = new Float64Array(count);
  let sum = 0;
  for (let at = 0; at < count; at += 1) {
    sum += (at + 1) ** -exponent;
    upTo[at] = sum;
  }
  return () => {
    const chance = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! < chance) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
