import type { Result } from './result.ts';
import type { Bar, Scenario } from './scenario.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** Whether a bar holds, and by what. */
export interface Verdict {
  readonly bar: Bar;
  readonly measured: Spread;
  readonly holds: boolean;
}

/** Judges every bar of a scenario by a result of it. */
export function verdicts(scenario: Scenario, result: Result): Verdict[] {
  return scenario.bars.flatMap((bar) => {
    const figures = figuresOf(result, bar.subject, bar.metric);
    const others = bar.of === undefined ? figures?.map(() => 1) : figuresOf(result, bar.of, bar.metric);
    if (!figures || !others) return [];
    const measured = spreadOf(ratios(figures, others));
    return [{ bar, measured, holds: measured.median <= bar.atMost }];
  });
}

/** What a result tells of a subject by one metric, round by round. */
export function figuresOf(result: Result, subject: string, metric: string): readonly number[] | undefined {
  return result.subjects.find(({ name }) => name === subject)?.figures[metric];
}
