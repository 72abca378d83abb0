import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../servers/redis-server.ts';
import { type FaultRow, outcomeOf, unless } from '../fault-row.ts';
import type { Fleet } from '../fleet.ts';
import type { Instant, Read } from '../history.ts';
import { now } from '../node-plan.ts';
import type { NodeProcess } from '../node-process.ts';
import { endure } from '../ordeal.ts';
import { redisTier, startFleet } from './topologies.ts';

const OUTAGE_MS = 300_000;
const CALM_MS = 5_000;
const HEAP_EVERY_MS = 10_000;
const POLL_MS = 20;

/** Caches grow into their work at first; the slope of the heap is that of the time after. */
const SETTLED_AFTER_MS = 60_000;

/** A tier's deadline and the slowest load, and what the machine may withhold. */
const COLD_WITHIN_MS = 50 + 5 + 45;
/** Reads from memory are no slower than before by more than a pause of the event loop. */
const WARM_SLACK_MS = 5;
const OPEN_WITHIN_MS = 1_000;
const MAX_HEAP_SLOPE_KB = 100;

/** Redis that stands still for minutes: what readers, breakers and heaps make of it. */
export const hungRedisRow: FaultRow = {
  row: 3,
  fault: 'L2 hung for minutes',
  injection: 'SIGSTOP of Redis, SIGCONT 5 min later',
  needs: ['redis-server'],
  run: async (held) => {
    const server = held.use(await RedisServer.start());
    const { fleet, a, b, c, tier } = await startFleet(held, redisTier({ url: server.url }));
    let from = 0;
    let until = 0;
    let openings: Promise<number[]> | undefined;
    let slopes: Promise<number[]> | undefined;
    const result = await endure(fleet, {
      tier,
      calmMs: CALM_MS,
      faultMs: OUTAGE_MS,
      afterMs: CALM_MS,
      inject: () => {
        from = now();
        server.stop();
        openings = Promise.all([a, b, c].map((node) => opening(node, from)));
        slopes = Promise.all([a, b, c].map((node) => heapSlope(node, from + OUTAGE_MS)));
      },
      heal: () => {
        until = now();
        server.cont();
      },
    });
    const openedMs = Math.max(...((await openings) ?? []));
    const slopeKb = Math.max(...((await slopes) ?? []));
    const warm = warmReads(fleet, from, until);
    const cold = fleet.history.reads.filter((read) => read.answer?.tier === 'source' && isWithin(read, from, until));
    const coldMs = percentile(cold, 0.99);
    const happened = [
      `warm p99 ${warm.beforeMs.toFixed(2)} ms before, ${warm.duringMs.toFixed(2)} under it, ${warm.afterMs.toFixed(2)} after`,
      `${cold.length} cold reads, p99 ${coldMs.toFixed(1)} ms, the slowest ${percentile(cold, 1).toFixed(1)}`,
      `breakers open after ${Math.round(openedMs)} ms`,
      `heaps grow by ${slopeKb.toFixed(0)} kB a minute at most`,
    ].join('; ');
    const { violations, ...outcome } = outcomeOf(result, happened);
    return {
      ...outcome,
      violations: [
        ...violations,
        ...unless(warm.duringMs < warm.beforeMs + WARM_SLACK_MS, 6, `warm p99 ${warm.duringMs} ms, and ${warm.beforeMs} before`),
        ...unless(coldMs < COLD_WITHIN_MS, 6, `cold p99 ${coldMs} ms`),
        ...unless(warm.count > 1_000 && cold.length > 1_000, 6, `${warm.count} warm reads and ${cold.length} cold ones tell too little`),
        ...unless(openedMs < OPEN_WITHIN_MS, 6, `breakers open after ${openedMs} ms`),
        ...unless(slopeKb < MAX_HEAP_SLOPE_KB, 10, `a heap grows by ${slopeKb} kB a minute`),
      ],
    };
  },
};

/** How long after an instant a breaker of a node opens. */
async function opening(node: NodeProcess, from: Instant): Promise<number> {
  while (now() - from < OUTAGE_MS && !(await node.ask({ call: 'state' }))?.state?.isTierOpen) await sleep(POLL_MS);
  return now() - from;
}

/** By how many kB a minute what a node holds grows until an instant: the slope of a line through its heap after collections (least squares). */
async function heapSlope(node: NodeProcess, until: Instant): Promise<number> {
  await sleep(SETTLED_AFTER_MS);
  const points: { readonly minute: number; readonly kb: number }[] = [];
  for (; now() < until; await sleep(HEAP_EVERY_MS)) {
    const reply = await node.ask({ call: 'heap' });
    if (reply?.heapBytes !== undefined) points.push({ minute: reply.settledAt / 60_000, kb: reply.heapBytes / 1_024 });
  }
  const mean = (of: (point: { minute: number; kb: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [minute, kb] = [mean((point) => point.minute), mean((point) => point.kb)];
  return mean((point) => (point.minute - minute) * (point.kb - kb)) / mean((point) => (point.minute - minute) ** 2);
}

/** The p99 of reads that memory answered, and how many there were under the fault. */
function warmReads(fleet: Fleet, from: Instant, until: Instant): Record<'beforeMs' | 'duringMs' | 'afterMs' | 'count', number> {
  const warm = fleet.history.reads.filter(({ call, answer }) => call === 'load' && answer?.tier === 'memory');
  const [before, during, after] = [0, from, until].map((since, at) => {
    return warm.filter((read) => isWithin(read, since, [from, until, Number.POSITIVE_INFINITY][at] ?? 0));
  });
  const p99 = (reads: readonly Read[] = []): number => percentile(reads, 0.99);
  return { beforeMs: p99(before), duringMs: p99(during), afterMs: p99(after), count: during?.length ?? 0 };
}

function isWithin({ invokedAt }: Read, from: Instant, until: Instant): boolean {
  return invokedAt >= from && invokedAt < until;
}

function percentile(reads: readonly Read[], share: number): number {
  const times = reads.map(({ invokedAt, settledAt }) => settledAt - invokedAt).sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
}
