import type { Calendar } from '../market/calendar/calendar.ts';
import { dateText, instantText, parseDay } from '../market/calendar/day.ts';
import type { Session } from '../market/calendar/span.ts';
import { systemClock } from '../time/clock.ts';
import { DAY } from '../time/duration.ts';
import { CALENDAR_OPTIONS, calendarFor } from './calendar-options.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { columns } from './table.ts';
import { print, printJson, tone } from './terminal.ts';

/** Unless told, so many days are told, from today on. */
const DEFAULT_DAYS = 14;

const FORMATS = ['table', 'csv'];

/** `tiercel sessions MIC` */
export const sessions: Command = {
  usage: 'sessions MIC [--from DATE] [--to DATE] [--format table|csv] [--json]',
  help:
    'Tells the sessions of a venue whose dates are from one to another, both included, in UTC. ' +
    'Venues go by their MIC, such as XNYS; 24/5 is foreign exchange, 24/7 crypto. It needs no service.',
  args: [1, 1],
  options: {
    from: { value: 'DATE', help: 'The first date, such as 2026-01-01 (default today)' },
    to: { value: 'DATE', help: `The last date (default ${DEFAULT_DAYS} days after the first)` },
    format: { value: 'FORMAT', help: `How to print them: ${FORMATS.join(' or ')} (default table)` },
    ...CALENDAR_OPTIONS,
  },
  examples: [
    'tiercel sessions XNYS --from 2026-11-01 --to 2026-11-30',
    'tiercel sessions XTKS --from 2015-01-01 --to 2026-12-31 --format csv',
    'tiercel sessions 24/7 --json',
  ],
  async run(call) {
    const calendar = calendarFor(call, call.args[0] ?? '');
    const format = call.value('format') ?? 'table';
    if (!FORMATS.includes(format)) throw new UsageError(`--format is "${format}"; write ${FORMATS.join(' or ')}`);
    const found = calendar.sessions(...rangeOf(call));
    if (call.has('json')) printJson(found.map(rowOf));
    else if (format === 'csv') print(['session,open,close,break_start,break_end', ...found.map(lineOf)].join('\n'));
    else print(tableOf(calendar, found));
    return 0;
  },
};

function rangeOf(call: Call): [from: string, to: string] {
  const from = dateOf(call, 'from') ?? dateText(Math.floor(systemClock.now() / DAY));
  const to = dateOf(call, 'to') ?? dateText((parseDay(from) ?? 0) + DEFAULT_DAYS);
  if (to < from) throw new UsageError(`--to is ${to}, before --from, which is ${from}; write the earlier date first`);
  return [from, to];
}

function dateOf(call: Call, option: string): string | undefined {
  const text = call.value(option);
  if (text !== undefined && parseDay(text) === undefined)
    throw new UsageError(`--${option} is "${text}"; write a date: --${option} 2026-11-26`);
  return text;
}

function rowOf(session: Session): object {
  const { date, open, close, break: rest, isEarlyClose, isLateOpen, reason, confidence } = session;
  return {
    session: date,
    open: instantText(open),
    close: instantText(close),
    breakStart: rest ? instantText(rest[0]) : null,
    breakEnd: rest ? instantText(rest[1]) : null,
    isEarlyClose,
    isLateOpen,
    reason,
    confidence,
  };
}

function lineOf({ date, open, close, break: rest }: Session): string {
  return [date, instantText(open), instantText(close), ...(rest?.map(instantText) ?? ['', ''])].join(',');
}

function tableOf({ name, title, timeZone }: Calendar, found: readonly Session[]): string {
  const about = `${tone('strong', name)}  ${title}, ${timeZone}; ${found.length} sessions, in UTC`;
  if (found.length === 0) return about;
  const rows = found.map((session) => {
    const { date, open, close, break: rest, reason, confidence } = session;
    const notes = [reason, confidence === 'projected' ? 'projected' : ''].filter((note) => note !== '');
    return [
      `  ${date}`,
      instantText(open),
      instantText(close),
      rest ? `break ${rest.map((at) => instantText(at).slice(11, 16)).join('–')}` : '',
      tone('warn', notes.join(', ')),
    ];
  });
  return [about, '', columns([['  session', 'open', 'close', '', ''].map((head) => tone('quiet', head)), ...rows])].join('\n');
}
