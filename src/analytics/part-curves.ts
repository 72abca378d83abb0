import { type CurvePoint, ReuseCurve } from './reuse-curve.ts';
import type { Traffic } from './traffic.ts';

/** Parts that have a curve of their own. */
const MAX_PARTS = 12;
/** Fewer requests tell too little. */
const MIN_SAMPLES = 1_000;
/** The sizes of a curve: from half to four times the present one, in quarters of an octave. */
const SIZES: readonly number[] = Array.from({ length: 13 }, (_, at) => 2 ** (at / 4 - 1));

/** How much a cache would hit, were it smaller or larger. */
export interface Curve {
  /** How many entries are there at present. */
  readonly entries: number;
  /** The share of keys that is in the sample. */
  readonly rate: number;
  /** How many requests were followed; older ones count less. */
  readonly samples: number;
  readonly points: readonly CurvePoint[];
}

/**
 * The curve of a cache and those of its parts. Parts share the room, so each has a curve
 * over the sizes of the whole: what would it hit if there were twice the memory for all?
 */
export class PartCurves {
  readonly #whole: ReuseCurve;
  readonly #parts: ReuseCurve[] = [];

  constructor(traffic: Traffic) {
    this.#whole = new ReuseCurve(traffic);
  }

  /** The number of a new part. All that come after the twelfth have the same, and no curve. */
  join(traffic: Traffic): number {
    if (this.#parts.length === MAX_PARTS) return MAX_PARTS;
    return this.#parts.push(new ReuseCurve(traffic)) - 1;
  }

  /** The curve of a part or of all; `undefined` where too little is known. */
  curve(part: number | undefined, entries: number, rate: number): Curve | undefined {
    const curve = this.#known(part);
    if (!curve) return undefined;
    const points = SIZES.map((size) => curve.at(size * entries, rate)).filter((point) => point !== undefined);
    return { entries, rate, samples: curve.samples, points };
  }

  /** The same for one size. */
  at(part: number | undefined, entries: number, rate: number): CurvePoint | undefined {
    return this.#known(part)?.at(entries, rate);
  }

  get bytes(): number {
    return this.#all().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** See {@link ReuseCurve.missed}. */
  missed(part: number, size: number, reach: number, key: number, weight: number): void {
    this.#whole.missed(size, reach, key, weight);
    this.#parts[part]?.missed(size, reach, key, weight);
  }

  /** See {@link ReuseCurve.hit}. */
  hit(part: number, size: number, key: number, weight: number): void {
    this.#whole.hit(size, key, weight);
    this.#parts[part]?.hit(size, key, weight);
  }

  /** See {@link ReuseCurve.seen}. */
  seen(reach: number): void {
    for (const curve of this.#all()) curve.seen(reach);
  }

  /** See {@link ReuseCurve.age}. */
  age(): void {
    for (const curve of this.#all()) curve.age();
  }

  #known(part: number | undefined): ReuseCurve | undefined {
    const curve = part === undefined ? this.#whole : this.#parts[part];
    return curve && curve.samples >= MIN_SAMPLES ? curve : undefined;
  }

  #all(): readonly ReuseCurve[] {
    return [this.#whole, ...this.#parts];
  }
}
