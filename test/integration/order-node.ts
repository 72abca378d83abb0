import { once } from 'node:events';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { kind } from '../../src/cache/kind/kind.ts';
import { createCache } from '../../src/create-cache.ts';
import { lmdb, lmdbBus } from '../../src/doors/lmdb.ts';

/** An update of a quote, as it comes over a feed. */
interface Update {
  readonly symbol: string;
  readonly asOf: number;
}

/** What a process has seen when all has come. */
export interface Seen {
  /** By symbol, the event time of what it has. */
  readonly newest: Readonly<Record<string, number>>;
  /** Reads after which an older value was read. */
  readonly backward: readonly string[];
  readonly reads: number;
}

/** A fault is over so soon. */
const WELL_AGAIN_MS = 10_000;

/** Updates are taken in groups, with a turn between, in which others' news may come. */
const GROUP = 20;

/** A process of its own with a cache, which writes what it is sent and reads all the while. */
const [store = '', bus = '', symbols = '', newestAt = ''] = process.argv.slice(2);
const expected = Number(newestAt);
const cache = createCache({
  kinds: { quote: kind<string, Update>({ lifetime: '10m', order: ({ asOf }) => asOf }) },
  remote: lmdb({ path: store }),
  bus: lmdbBus({ path: bus }),
});
const all = symbols.split(',');
const last = new Map<string, number>();
const backward: string[] = [];
let reads = 0;
let isOver = false;

function look(symbol: string, how: string, quote: Update | undefined): void {
  reads += 1;
  if (!quote) return;
  const before = last.get(symbol) ?? 0;
  if (quote.asOf < before) backward.push(`${how} of ${symbol}: ${quote.asOf} after ${before}`);
  last.set(symbol, Math.max(before, quote.asOf));
}

async function readOn(): Promise<void> {
  for (let at = 0; !isOver; at += 1) {
    const symbol = all[at % all.length] ?? '';
    look(symbol, 'peek', cache.quote.peek(symbol));
    if (at % 7 === 0) look(symbol, 'get', await cache.quote.get(symbol));
    if (at % GROUP === 0) await sleep(1);
  }
}

const reading = readOn();
process.send?.('ready');
const [updates] = (await once(process, 'message')) as [readonly Update[]];
for (let at = 0; at < updates.length; at += GROUP) {
  await Promise.all(updates.slice(at, at + GROUP).map((update) => cache.quote.set(update.symbol, update)));
  await turn();
}
await cache.flush();
process.send?.('written');
await once(process, 'message');
isOver = true;
await reading;
const newest: Record<string, number> = {};
// On a machine with few cores a tier may have run out of time, and is left alone for a while.
const until = Date.now() + WELL_AGAIN_MS;
for (const symbol of all) {
  let quote: Update | undefined;
  do {
    quote = await cache.quote.get(symbol);
    look(symbol, 'last get', quote);
    newest[symbol] = quote?.asOf ?? 0;
    if (newest[symbol] !== expected) await sleep(50);
  } while (newest[symbol] !== expected && Date.now() < until);
}
process.send?.({ newest, backward, reads } satisfies Seen);
await cache.close();
process.disconnect();
