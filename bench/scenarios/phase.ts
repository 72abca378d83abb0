import { Calendar } from '../../src/market/calendar/calendar.ts';
import { rulesOf } from '../../src/market/calendar/calendar-of.ts';
import { PHASE_CODES } from '../../src/market/calendar/phase.ts';
import type { Effort } from '../harness/effort.ts';
import { numbers } from '../harness/prices.ts';
import { CPU, type Figures, type Scenario, type Trial, WALL } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';

const QUERIES = 2 ** 16;
const FROM = Date.UTC(2015, 0, 2);
const UNTIL = Date.UTC(2026, 11, 31);
/** A Wednesday, in New York. */
const OPEN = Date.UTC(2026, 10, 25, 14, 30);
const CLOSE = Date.UTC(2026, 10, 25, 21);

/** One reading of the clock after the other, all in the regular hours of one day: what a cache asks for. */
const onADay = (): Float64Array => Float64Array.from({ length: QUERIES }, (_, at) => OPEN + Math.floor(((CLOSE - OPEN) * at) / QUERIES));

/** Anywhere in twelve years: no query in the segment of the one before. */
function anywhere(): Float64Array {
  const random = numbers(7);
  return Float64Array.from({ length: QUERIES }, () => FROM + Math.floor(random() * (UNTIL - FROM)));
}

/** Asks `codeAt` at each instant; what it says must be what the calendar says, where that is asked for. */
async function asked(effort: Effort, instants: Float64Array, codeAt: (at: number) => number, isChecked = true): Promise<Figures> {
  const calendar = new Calendar(rulesOf('XNYS'));
  let expected = 0;
  for (const at of instants) expected += isChecked ? calendar.phaseCodeAt(at) : codeAt(at);
  const { cpu, wall } = await timed(effort, instants.length, (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      let sum = 0;
      for (const at of instants) sum += codeAt(at);
      if (sum !== expected) throw new Error('A wrong phase was told');
    }
  });
  return { cpu, wall };
}

const byHand: Trial = (effort) => asked(effort, onADay(), (at) => (at >= OPEN && at < CLOSE ? PHASE_CODES.open : PHASE_CODES.closed));

const code =
  (instants: () => Float64Array): Trial =>
  (effort) => {
    const calendar = new Calendar(rulesOf('XNYS'));
    return asked(effort, instants(), (at) => calendar.phaseCodeAt(at));
  };

const change: Trial = (effort) => {
  const calendar = new Calendar(rulesOf('XNYS'));
  return asked(effort, onADay(), (at) => calendar.nextChangeAt(at), false);
};

const span: Trial = (effort) => {
  const calendar = new Calendar(rulesOf('XNYS'));
  return asked(effort, onADay(), (at) => PHASE_CODES[calendar.phaseAt(at).phase]);
};

/** What applications do without a calendar: the weekday and the time of day in New York, and no holiday. */
const byParts: Trial = (effort) => {
  const numeric = { hour: '2-digit', minute: '2-digit', weekday: 'short' } as const;
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hourCycle: 'h23', ...numeric });
  const codeAt = (at: number): number => {
    let minutes = 0;
    let isWeekday = true;
    for (const { type, value } of clock.formatToParts(at)) {
      if (type === 'hour') minutes += Number(value) * 60;
      else if (type === 'minute') minutes += Number(value);
      else if (type === 'weekday') isWeekday = !value.startsWith('S');
    }
    return isWeekday && minutes >= 570 && minutes < 960 ? PHASE_CODES.open : PHASE_CODES.closed;
  };
  return asked(effort, onADay().subarray(0, 4_096), codeAt);
};

/** Every read and every write asks whether the venue is open. */
export const phase: Scenario = {
  name: 'phase',
  title: 'Whether a venue is open',
  about:
    'The phase of New York at an instant: `calendar.phaseCodeAt(at)`. One after the other in a day’s hours, as a cache asks, and anywhere in twelve years, where each is a bisection. Two bounds by hand know one day; formatToParts of Intl knows no holiday.',
  metrics: [CPU, WALL],
  limit: 'two bounds by hand',
  subjects: {
    'two bounds by hand': byHand,
    'Tiercel, one after the other': code(onADay),
    'Tiercel, its next change': change,
    'Tiercel, a whole span': span,
    'Tiercel, anywhere': code(anywhere),
    'Intl, formatToParts': byParts,
  },
  bars: [
    { subject: 'Tiercel, one after the other', metric: 'cpu', atMost: 1 / 100, of: 'Intl, formatToParts' },
    { subject: 'Tiercel, anywhere', metric: 'cpu', atMost: 1 / 8, of: 'Intl, formatToParts' },
    { subject: 'Tiercel, one after the other', metric: 'cpu', atMost: 300 },
    { subject: 'Tiercel, anywhere', metric: 'cpu', atMost: 300 },
  ],
};
