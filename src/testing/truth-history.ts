import { isDeepStrictEqual } from 'node:util';

interface Truth {
  readonly value: unknown;
  /** Since when it has been true, as far as is known. */
  readonly since: number;
}

/** Answers from before so many truths count as if they were from just before them. */
const MAX_TRUTHS = 100;

/** What was true of one key and from when on, as somebody sees who looks now and then and is told of changes. */
export class TruthHistory {
  readonly #truths: Truth[] = [];
  #changedAt = Number.NEGATIVE_INFINITY;
  #seenAt = Number.NEGATIVE_INFINITY;
  /** How many looks at the key are still to come. */
  looks = 0;

  /** The key was changed. */
  changed(now: number): void {
    this.#changedAt = now;
  }

  /** The truth is seen. If it is new, it came with the last change, unless that was seen before: then this is one of which word is still to come. */
  saw(value: unknown, now: number): void {
    const last = this.#truths.at(-1);
    if (!last || !isDeepStrictEqual(last.value, value)) {
      this.#truths.push({ value, since: this.#changedAt > this.#seenAt ? this.#changedAt : now });
      if (this.#truths.length > MAX_TRUTHS) this.#truths.shift();
    }
    this.#seenAt = now;
  }

  /** For how long a value has not been true any more; `undefined` while it is. One that was never seen is taken for one from before. */
  outdatedMs(value: unknown, now: number): number | undefined {
    const at = this.#truths.findLastIndex((truth) => isDeepStrictEqual(truth.value, value));
    const next = this.#truths[at + 1];
    return next && now - next.since;
  }

  get truth(): unknown {
    return this.#truths.at(-1)?.value;
  }
}
