/** What most scenarios keep. */
export interface Price {
  /** Its place among all prices, so that a loop can check what it read. */
  readonly id: number;
  readonly symbol: string;
  readonly price: number;
  readonly asOf: number;
}

/** Keys and their values, put together before anything is measured. */
export interface Prices {
  readonly keys: readonly string[];
  readonly values: readonly Price[];
}

export function prices(count: number): Prices {
  const values = Array.from({ length: count }, (_, id) => ({
    id,
    symbol: symbolOf(id),
    price: 100 + (id % 977) / 8,
    asOf: 1_768_000_000_000 + id,
  }));
  return { keys: priceKeys(0, count), values };
}

/** The keys of `count` prices from the place `first` on, where their values do not matter. */
export function priceKeys(first: number, count: number): string[] {
  // Text that came by JSON is flat, as text from a network is; put together here it would be a rope.
  return JSON.parse(JSON.stringify(Array.from({ length: count }, (_, at) => `price:${symbolOf(first + at)}:1d`)));
}

/** Places among `count`, as a market asks for them: few often, many rarely (Zipf, s = 0.99), the frequent ones anywhere. */
export function zipf(count: number, length: number): Uint32Array {
  const random = numbers(42);
  const places = Uint32Array.from({ length: count }, (_, place) => place);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [places[at], places[other]] = [places[other]!, places[at]!];
  }
  const reach = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += 1 / (rank + 1) ** 0.99;
    reach[rank] = sum;
  }
  return Uint32Array.from({ length }, () => places[firstFrom(reach, random() * sum)]!);
}

function firstFrom(ascending: Float64Array, target: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Numbers from 0 up to 1, the same in every process (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function symbolOf(id: number): string {
  let text = '';
  for (let rest = id + 475_254; rest > 0; rest = Math.floor(rest / 26)) text = String.fromCharCode(65 + (rest % 26)) + text;
  return text;
}
