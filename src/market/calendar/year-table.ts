import { type Day, dayOf } from './day.ts';
import type { DayBook } from './day-book.ts';
import type { DayPlan } from './day-plan.ts';
import { PHASE_CODES } from './phase.ts';
import type { Zone } from './zone.ts';

/**
 * One year of a venue, as sorted instants.
 *
 * It begins when the venue's 1 January does, which may be on the evening before,
 * and ends when the next one does: tables tile time, and a session lies in one.
 */
export interface YearTable {
  readonly year: number;
  readonly firstDay: Day;
  readonly plans: readonly DayPlan[];
  readonly from: number;
  readonly until: number;
  /** When each segment begins; it ends where the next begins. */
  readonly starts: Float64Array;
  /** The phase of each segment. */
  readonly codes: Uint8Array;
  /** The day of each segment, counted from `firstDay`. */
  readonly days: Uint16Array;
  /** By day, when its session opens; `NaN` where there is none. So are the next three. */
  readonly opens: Float64Array;
  readonly closes: Float64Array;
  readonly breakStarts: Float64Array;
  readonly breakEnds: Float64Array;
}

/** Writes a year's plans down as instants. */
export function expandYear(year: number, book: DayBook, zone: Zone): YearTable {
  const firstDay = dayOf(year, 1, 1);
  const count = dayOf(year + 1, 1, 1) - firstDay;
  const plans: DayPlan[] = [];
  const segments: { at: number; code: number; day: number }[] = [];
  const opens = blank(count);
  const closes = blank(count);
  const breakStarts = blank(count);
  const breakEnds = blank(count);
  for (let index = 0; index < count; index += 1) {
    const day = firstDay + index;
    const plan = book.planOf(day);
    plans.push(plan);
    for (const [minutes, code] of turnsOf(plan, book.dayStart(day))) {
      const at = zone.instantOf(day, minutes);
      while ((segments.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= at) segments.pop();
      segments.push({ at, code, day: index });
    }
    if (!plan.isSession) continue;
    opens[index] = zone.instantOf(day, plan.open);
    closes[index] = zone.instantOf(day, plan.close);
    if (Number.isNaN(plan.breakFrom)) continue;
    breakStarts[index] = zone.instantOf(day, plan.breakFrom);
    breakEnds[index] = zone.instantOf(day, plan.breakUntil);
  }
  const until = zone.instantOf(firstDay + count, book.dayStart(firstDay + count));
  while ((segments.at(-1)?.at ?? 0) >= until) segments.pop();
  return {
    year,
    firstDay,
    plans,
    from: segments[0]?.at ?? 0,
    until,
    starts: Float64Array.from(segments, ({ at }) => at),
    codes: Uint8Array.from(segments, ({ code }) => code),
    days: Uint16Array.from(segments, ({ day }) => day),
    opens,
    closes,
    breakStarts,
    breakEnds,
  };
}

function blank(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

/** The segment that an instant of the year is in. */
export function segmentAt({ starts }: YearTable, at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the phase of a day turns, in order, from its beginning on. */
function turnsOf(plan: DayPlan, dayStart: number): (readonly [minutes: number, code: number])[] {
  const { closed, pre, open, break: rest, post, overnight } = PHASE_CODES;
  if (!plan.isSession) return [[dayStart, closed]];
  const turns: (readonly [number, number])[] = [
    [dayStart, closed],
    [plan.overnightFrom, overnight],
    [plan.overnightUntil, closed],
    [plan.pre, pre],
    [plan.open, open],
    [plan.breakFrom, rest],
    [plan.breakUntil, open],
    [plan.close, Number.isNaN(plan.post) ? closed : post],
    [plan.post, closed],
  ];
  return turns.filter(([minutes]) => !Number.isNaN(minutes));
}
