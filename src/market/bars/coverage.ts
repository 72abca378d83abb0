/** A stretch of time: `from` belongs to it, `to` does not. Epoch milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Which stretches of time are known, in order, apart from each other, and none of them empty.
 *
 * There are few of them, for what touches is joined: each call looks at all.
 */
export class Coverage implements Iterable<Stretch> {
  #stretches: readonly Stretch[] = [];

  constructor(stretches: Iterable<Stretch> = []) {
    for (const { from, to } of stretches) this.add(from, to);
  }

  /** What is from `from` up to `to` is known from now on. */
  add(from: number, to: number): void {
    if (!(from < to)) return;
    const touching = this.#stretches.filter((stretch) => stretch.from <= to && stretch.to >= from);
    const joined = {
      from: Math.min(from, ...touching.map((stretch) => stretch.from)),
      to: Math.max(to, ...touching.map((stretch) => stretch.to)),
    };
    this.#stretches = [
      ...this.#stretches.filter((stretch) => stretch.to < from),
      joined,
      ...this.#stretches.filter((stretch) => stretch.from > to),
    ];
  }

  /** What is from `from` up to `to` is not known any more. */
  remove(from: number, to: number): void {
    if (!(from < to)) return;
    this.#stretches = this.#stretches.flatMap((stretch) => {
      if (stretch.to <= from || stretch.from >= to) return [stretch];
      const left = { from: stretch.from, to: Math.min(stretch.to, from) };
      const right = { from: Math.max(stretch.from, to), to: stretch.to };
      return [left, right].filter((part) => part.from < part.to);
    });
  }

  /** Whether all from `from` up to `to` is known. */
  has(from: number, to: number): boolean {
    return this.missing(from, to).length === 0;
  }

  /** What is not known of the time from `from` up to `to`, in order. */
  missing(from: number, to: number): Stretch[] {
    const gaps: Stretch[] = [];
    let at = from;
    for (const stretch of this.#stretches) {
      if (stretch.to <= at || stretch.from >= to) continue;
      if (stretch.from > at) gaps.push({ from: at, to: stretch.from });
      at = stretch.to;
    }
    if (at < to) gaps.push({ from: at, to });
    return gaps;
  }

  [Symbol.iterator](): IterableIterator<Stretch> {
    return this.#stretches.values();
  }
}
