/** Numbers of all rounds in one. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), least: Math.min(...numbers), most: Math.max(...numbers) };
}

/** Round by round, how many times as large the one is as the other. */
export function ratios(numbers: readonly number[], others: readonly number[]): number[] {
  return numbers.map((number, round) => number / others[round]!);
}
