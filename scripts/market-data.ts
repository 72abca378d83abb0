/**
 * Packs recorded bars into `data/market/`, one file a group and an index of the series.
 *
 *     node scripts/market-data.ts FOLDER
 *
 * FOLDER holds gzipped CSV as it was gathered from the sources that
 * data/market/README.md names. What comes out is committed, so nobody needs to
 * run this but to change what is packed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Interval } from '../src/market/interval.ts';
import type { RecordedIndex, RecordedSeries } from '../src/providers/replay/recorded-index.ts';

interface Group {
  readonly file: string;
  readonly interval: Interval;
  readonly assetClass: RecordedSeries['assetClass'];
  readonly currency: string;
  /** Symbols as the source has them, where ours differ. */
  readonly renamed?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  /** By symbol, the epoch seconds from which bars are left out. */
  readonly until?: Readonly<Record<string, number>>;
}

const GROUPS: readonly Group[] = [
  { file: 'us-equity-1d', interval: '1d', assetClass: 'equity', currency: 'USD' },
  { file: 'us-equity-1h', interval: '1h', assetClass: 'equity', currency: 'USD' },
  // Apple's shares were split on 2014-06-09: played as quotes, its minutes would fall by six sevenths at once.
  { file: 'us-equity-1m', interval: '1m', assetClass: 'equity', currency: 'USD', until: { AAPL: Date.UTC(2014, 5, 9) / 1_000 } },
  { file: 'india-nse-1m', interval: '1m', assetClass: 'equity', currency: 'INR' },
  { file: 'crypto-1m', interval: '1m', assetClass: 'crypto', currency: 'USD' },
  { file: 'fx-1m', interval: '1m', assetClass: 'fx', currency: 'USD' },
  { file: 'futures-es-1m', interval: '1m', assetClass: 'future', currency: 'USD', renamed: { ES201312: 'ES' }, without: ['ES201403'] },
];

/** Our column names, by those of the sources; a column that is not named here is left out. */
const COLUMNS: Readonly<Record<string, string>> = {
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
  adjClose: 'adjClose',
  bidOpen: 'open',
  bidHigh: 'high',
  bidLow: 'low',
  bidClose: 'close',
  askClose: 'ask',
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Usage: node scripts/market-data.ts FOLDER');
const target = join(import.meta.dirname, '../data/market');

const series: RecordedSeries[] = [];
for (const group of GROUPS) series.push(...pack(group, folder));
const index: RecordedIndex = { series: series.sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0)) };
writeFileSync(join(target, 'index.json'), `{ "series": [\n${index.series.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n] }\n`);

function pack(group: Group, from: string): RecordedSeries[] {
  const name = `${group.file}.csv.gz`;
  const [header = '', ...rows] = gunzipSync(readFileSync(join(from, name)))
    .toString()
    .trim()
    .split('\n');
  const columns = header.split(',');
  const kept = columns.flatMap((column, at) => (COLUMNS[column] === undefined ? [] : [{ at, name: COLUMNS[column] }]));
  const found = new Map<string, { first: string; last: string; rows: string[] }>();
  for (const row of rows) {
    const cells = row.split(',');
    const [recorded = '', instant = ''] = cells;
    if (group.without?.includes(recorded)) continue;
    const symbol = group.renamed?.[recorded] ?? recorded;
    const at = group.interval === '1d' ? instant : String(Number(instant) / 1_000);
    if (Number(at) >= (group.until?.[symbol] ?? Number.POSITIVE_INFINITY)) continue;
    const packed = found.get(symbol) ?? { first: at, last: at, rows: [] };
    packed.rows.push([symbol, at, ...kept.map((column) => cells[column.at])].join(','));
    packed.last = at;
    found.set(symbol, packed);
  }
  const lines = [`symbol,at,${kept.map((column) => column.name).join(',')}`, ...[...found.values()].flatMap((one) => one.rows)];
  writeFileSync(join(target, name), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
  const { interval, assetClass, currency } = group;
  return [...found].map(([symbol, { first, last, rows: packed }]) => ({
    symbol,
    interval,
    assetClass,
    currency,
    first: dateOf(first, interval),
    last: dateOf(last, interval),
    barCount: packed.length,
    file: name,
  }));
}

function dateOf(at: string, interval: Interval): string {
  return interval === '1d' ? at : new Date(Number(at) * 1_000).toISOString().slice(0, 10);
}
