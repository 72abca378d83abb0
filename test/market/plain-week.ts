import type { MarketHours, MarketSpan } from '../../src/market/lifetime/market-hours.ts';
import { DAY, HOUR } from '../../src/time/duration.ts';

/** The week of Thanksgiving in 2026. */
export const MONDAY = Date.UTC(2026, 10, 23);
const THANKSGIVING = MONDAY + 3 * DAY;

/** Phases of a plain week: pre 9:00, open 14:30, post 21:00, closed 25:00 UTC; none on weekends and on Thanksgiving. */
function planOf(day: number): [from: number, phase: string, reason: string][] {
  if (day === THANKSGIVING) return [[day + HOUR, 'closed', 'Thanksgiving']];
  if ([0, 6].includes(new Date(day).getUTCDay())) return [[day + HOUR, 'closed', 'weekend']];
  return [
    [day + HOUR, 'closed', 'outside hours'],
    [day + 9 * HOUR, 'pre', 'before the open'],
    [day + 14.5 * HOUR, 'open', 'regular hours'],
    [day + 21 * HOUR, 'post', 'after the close'],
  ];
}

/** Hours of a plain week, reckoned anew each time. */
export class WeekHours implements MarketHours {
  readonly name = 'XNYS';
  confidence: MarketSpan['confidence'] = 'known';

  phaseAt(at: number): MarketSpan {
    const day = Math.floor(at / DAY) * DAY;
    const parts = [-1, 0, 1, 2].flatMap((days) => planOf(day + days * DAY));
    const index = parts.findLastIndex(([from]) => from <= at);
    const [, phase = '', reason = ''] = parts[index] ?? [];
    return { phase, reason, until: parts[index + 1]?.[0] ?? 0, confidence: this.confidence };
  }
}
