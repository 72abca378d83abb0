import type { Effort } from './effort.ts';

/** A figure that a trial tells, by the name of its metric. */
export type Figures = Readonly<Record<string, number>>;

/** Sets a subject up in a process of its own and measures it once; `undefined` where it is not installed. */
export type Trial = (effort: Effort) => Promise<Figures | undefined>;

/** What is measured, and how it is written. */
export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly unit: 'ns' | 'µs' | 'ms' | 'B' | '%' | '';
}

/** A promise: `subject`'s `metric` is at most `atMost`, or at most that many times `of`'s. */
export interface Bar {
  readonly subject: string;
  readonly metric: string;
  readonly atMost: number;
  readonly of?: string;
}

/** The trials of subjects that are all measured alike. */
export function trials<Subject>(
  subjects: Readonly<Record<string, Subject>>,
  measure: (effort: Effort, subject: Subject) => Promise<Figures | undefined>,
): Record<string, Trial> {
  return Object.fromEntries(Object.entries(subjects).map(([name, subject]) => [name, (effort) => measure(effort, subject)]));
}

/** The same work, done by several subjects side by side. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is done, for the page. */
  readonly about: string;
  /** The first is what subjects are compared by. */
  readonly metrics: readonly Metric[];
  /** The subject that does no more than must be done; ratios are to it. */
  readonly limit: string;
  /** More where the machine disturbs more. @default 5 */
  readonly rounds?: number;
  readonly subjects: Readonly<Record<string, Trial>>;
  readonly bars: readonly Bar[];
}

export const CPU: Metric = { name: 'cpu', title: 'CPU', unit: 'ns' };
export const WALL: Metric = { name: 'wall', title: 'wall', unit: 'ns' };
