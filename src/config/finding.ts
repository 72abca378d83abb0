import { textOf } from '../errors.ts';
import { withDeadline } from '../guard/deadline.ts';
import { systemClock } from '../time/clock.ts';

/** What one check found. */
export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly advice: string;
}

/** A check of several steps, each with a deadline of its own, ends within this. */
const CHECK_DEADLINE_MS = 20_000;

/** A finding that all is well. */
export function ok(name: string, detail: string): Finding {
  return { name, status: 'ok', detail, advice: '' };
}

/** A finding that something may be amiss. */
export function warn(name: string, detail: string, advice: string): Finding {
  return { name, status: 'warn', detail, advice };
}

/** A finding that something must be done. */
export function fail(name: string, detail: string, advice: string): Finding {
  return { name, status: 'fail', detail, advice };
}

/** What a check finds; that it failed, where it throws or hangs. */
export async function inTime(name: string, check: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await withDeadline(check(), CHECK_DEADLINE_MS, systemClock, () => new Error('it took too long'));
  } catch (error) {
    return [fail(name, textOf(error), 'look at the server, and at the network on the way')];
  }
}
