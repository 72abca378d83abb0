/**
 * The name that a mistyped one was probably meant to be, if any is near enough:
 * at most a third of its letters wrong.
 */
export function nearest(mistyped: string, names: Iterable<string>): string | undefined {
  let found: string | undefined;
  let least = Math.floor(Math.max(mistyped.length, 3) / 3) + 1;
  for (const name of names) {
    const wrong = distance(mistyped.toLowerCase(), name.toLowerCase());
    if (wrong < least) {
      least = wrong;
      found = name;
    }
  }
  return found;
}

/** `; did you mean "…"?` where there is a near name, else nothing: to end a message with. */
export function didYouMean(mistyped: string, names: Iterable<string>): string {
  const name = nearest(mistyped, names);
  return name === undefined ? '' : `; did you mean "${name}"?`;
}

/** How many letters to add, drop, change or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Infinity;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change, swap));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
