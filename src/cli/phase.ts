import { createInterface } from 'node:readline';
import { ConfigError } from '../errors.ts';
import type { Calendar } from '../market/calendar/calendar.ts';
import { instantText } from '../market/calendar/day.ts';
import type { Span } from '../market/calendar/span.ts';
import { systemClock } from '../time/clock.ts';
import { durationText } from '../time/duration.ts';
import { parseInstant } from '../time/parse-instant.ts';
import { CALENDAR_OPTIONS, calendarFor, instantOrNull } from './calendar-options.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { print, printJson, tone } from './terminal.ts';

/** Answers that are printed at once. */
const LINES_AT_ONCE = 1_000;

/** `tiercel phase MIC` and `tiercel phase -` */
export const phase: Command = {
  usage: 'phase MIC|- [--at INSTANT] [--json]',
  help:
    'Tells where in its day a venue is, and why: closed, pre, open, break, post or overnight. ' +
    'Of "-" it reads lines of MIC,INSTANT from standard input and answers each with a line. It needs no service.',
  args: [1, 1],
  options: {
    at: { value: 'INSTANT', help: 'When, such as 2026-11-26T15:00:00Z (default now)' },
    overnight: { help: 'Tell sessions of the night, where a venue has them' },
    ...CALENDAR_OPTIONS,
  },
  examples: [
    'tiercel phase XNYS',
    'tiercel phase XNYS --at 2026-11-26T15:00:00Z --json',
    "printf 'XNYS,2026-11-26T15:00:00Z\\n24/7,2026-11-26T15:00:00Z\\n' | tiercel phase - --json",
  ],
  async run(call) {
    const [name = ''] = call.args;
    if (name === '-') return answerLines(call);
    const calendar = calendarFor(call, name);
    const at = instantOf(call.value('at'));
    const span = calendar.phaseAt(at);
    if (call.has('json')) printJson(told(span));
    else print(describe(calendar, span, at));
    return 0;
  },
};

async function answerLines(call: Call): Promise<0> {
  if (call.value('at') !== undefined)
    throw new UsageError('--at is not for "-"; write the instant in each line: XNYS,2026-11-26T15:00:00Z');
  const calendars = new Map<string, Calendar>();
  const answers: string[] = [];
  let number = 0;
  try {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === '') continue;
      const [name = '', text = ''] = line.split(',').map((part) => part.trim());
      const calendar = calendars.get(name) ?? calendarFor(call, name);
      calendars.set(name, calendar);
      const at = parseInstant(text);
      if (at === undefined) throw new UsageError(`"${line.slice(0, 80)}" is no MIC and instant; write XNYS,2026-11-26T15:00:00Z`);
      const span = calendar.phaseAt(at);
      answers.push(call.has('json') ? JSON.stringify(told(span)) : `${calendar.name},${instantText(at)},${span.phase},${span.reason}`);
      if (answers.length >= LINES_AT_ONCE) print(answers.splice(0).join('\n'));
    }
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) throw new UsageError(`Line ${number}: ${error.message}`);
    throw error;
  } finally {
    if (answers.length > 0) print(answers.join('\n'));
  }
  return 0;
}

function instantOf(text: string | undefined): number {
  if (text === undefined) return systemClock.now();
  const at = parseInstant(text);
  if (at === undefined) throw new UsageError(`--at is "${text}"; write an instant with its zone: --at 2026-11-26T15:00:00Z`);
  return at;
}

/** The form that programs read. */
function told({ phase: name, reason, session, until, nextOpen, nextClose }: Span): object {
  return {
    phase: name,
    reason,
    session: session ?? null,
    nextChange: instantOrNull(until),
    nextOpen: instantOrNull(nextOpen),
    nextClose: instantOrNull(nextClose),
  };
}

function describe({ name, title }: Calendar, span: Span, at: number): string {
  const mark = tone(span.phase === 'open' ? 'good' : span.phase === 'closed' ? 'quiet' : 'warn', span.phase);
  const session = span.session === undefined ? '' : `, session ${span.session}`;
  const lines = [`${tone('strong', name)}  ${title}: ${mark}, ${span.reason}${session}`];
  for (const [what, when] of [
    ['changes', span.until],
    ['opens', span.nextOpen],
    ['closes', span.nextClose],
  ] as const) {
    if (Number.isFinite(when)) lines.push(`  ${what} next ${instantText(when)}, in ${durationText(when - at)}`);
  }
  if (span.confidence === 'projected') lines.push(tone('warn', '  projected: its holidays are not known for that date'));
  return lines.join('\n');
}
