/**
 * Replays days of recorded prices through a cache, under fixed lifetimes and under those that know the market,
 * and writes what each costs and is worth to `docs/freshness.md`: `node bench/freshness/main.ts`.
 *
 * @packageDocumentation
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adaptive } from '../../src/lifetime/adaptive.ts';
import type { LifetimePolicy, LifetimeSpec } from '../../src/lifetime/lifetime.ts';
import { calendarOf } from '../../src/market/calendar/calendar-of.ts';
import type { Phase } from '../../src/market/calendar/phase.ts';
import { marketLifetime } from '../../src/market/lifetime/market-lifetime.ts';
import { RecordedBars } from '../../src/providers/replay/recorded-bars.ts';
import { DAY, MINUTE } from '../../src/time/duration.ts';
import { freshnessChart } from './chart.ts';
import { type Change, type Outcome, type Quote, replay } from './replay.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What is replayed: a symbol, its venue, the phases in which its price changes, and from when to when. */
interface Tape {
  readonly symbol: string;
  readonly file: string;
  readonly title: string;
  readonly venue: string;
  readonly livesIn: readonly Phase[];
  readonly from: string;
  readonly to: string;
}

const TAPES: readonly Tape[] = [
  {
    symbol: 'AIG',
    file: 'us-equity-1m.csv.gz',
    title: 'A stock over a week and its weekend: AIG, 4 to 11 October 2013, with extended hours',
    venue: 'XNYS',
    livesIn: ['pre', 'open', 'post'],
    from: '2013-10-04T08:00:00Z',
    to: '2013-10-12T00:00:00Z',
  },
  {
    symbol: 'JUNIORBEES.NS',
    file: 'india-nse-1m.csv.gz',
    title: 'A fund that trades little: JUNIORBEES, days of January 2019 on the NSE',
    venue: 'XNSE',
    livesIn: ['open'],
    from: '2019-01-01T00:00:00Z',
    to: '2019-01-05T00:00:00Z',
  },
];

type Rule = LifetimeSpec<string, Quote>;

/** A time while the market is open and four times that while it is closed, as known projects have it, by UTC. */
function fourfoldWhenClosed(ttlMs: number): LifetimePolicy<string, Quote> {
  return ({ askedAt }) => {
    const date = new Date(askedAt);
    const hour = date.getUTCHours() + date.getUTCMinutes() / 60;
    const isOpen = ![0, 6].includes(date.getUTCDay()) && hour >= 9.5 && hour < 16;
    return { ttlMs: isOpen ? ttlMs : 4 * ttlMs, graceMs: 0, why: '' };
  };
}

function rulesFor({ venue, livesIn }: Tape): Map<string, Rule> {
  const calendar = calendarOf(venue);
  const byMarket = (base: Rule): Rule => marketLifetime<string, Quote>({ base, hoursOf: () => calendar, livesIn, projectedMax: '7d' });
  const byChange = (ttl: number): Rule =>
    byMarket(adaptive<string, Quote>({ ttl, min: ttl / 4, max: ttl * 4, isSame: (one, other) => one.price === other.price }));
  return new Map<string, Rule>([
    ['fixed, 5 s', 5_000],
    ['fixed, 60 s', 60_000],
    ['fixed, 300 s', 300_000],
    ['60 s, ×4 when closed', fourfoldWhenClosed(60_000)],
    ['market, 4 s', byMarket(4_000)],
    ['market, 20 s', byMarket(20_000)],
    ['market, 50 s', byMarket(50_000)],
    ['market, 160 s', byMarket(160_000)],
    ['market, adaptive from 10 s', byChange(10_000)],
    ['market, adaptive from 60 s', byChange(60_000)],
  ]);
}

async function changesOf({ symbol, file }: Tape): Promise<Change[]> {
  const bars = await new RecordedBars(join(ROOT, 'data/market')).of({ symbol, file } as never);
  const changes: Change[] = [];
  for (const { startAt, close } of bars) if (changes.at(-1)?.price !== close) changes.push({ at: startAt + MINUTE, price: close });
  return changes;
}

function rowOf([rule, { calls, staleness, outdated }]: readonly [string, Outcome]): string {
  return `| ${rule} | ${Math.round(calls).toLocaleString('en')} | ${staleness.toFixed(2)} | ${(outdated * 100).toFixed(1)} |`;
}

const parts = [
  '# Freshness, and what it costs',
  '',
  'Recorded prices are read through a cache every five seconds on average, by night and by day; made by `node bench/freshness/main.ts`. **Staleness** is for how long what was read had been outdated, the mean over all reads; an outdated read is one that told an old price. Prices are those of minutes: between two of them nothing changes.',
  '',
  'A fixed lifetime is too short while nothing trades and too long while something does. By the market, calls are made only while the price can change, so that each may come sooner; `adaptive` waits longer for what is found unchanged. The rule ×4 compares the hours of New York with UTC, as known projects do.',
];
for (const [at, tape] of TAPES.entries()) {
  const changes = await changesOf(tape);
  const [from, to] = [Date.parse(tape.from), Date.parse(tape.to)];
  const outcomes = new Map<string, Outcome>();
  for (const [name, rule] of rulesFor(tape)) outcomes.set(name, await replay(changes, from, to, rule));
  const picture = `freshness-${at + 1}.svg`;
  writeFileSync(join(ROOT, 'docs', picture), freshnessChart(tape.title, outcomes));
  parts.push(
    '',
    `## ${tape.title}`,
    '',
    `${changes.length} prices in ${Math.round((to - from) / DAY)} days.`,
    '',
    `![Calls and staleness](${picture})`,
    '',
  );
  parts.push('| lifetime | calls a day | staleness, s | outdated reads, % |', '| --- | ---: | ---: | ---: |', ...[...outcomes].map(rowOf));
}
writeFileSync(join(ROOT, 'docs/freshness.md'), `${parts.join('\n')}\n`);
