import { endOf, type History, type Instant, type Read, touches, type Write } from './history.ts';

/** How late is too late. All in milliseconds. */
export interface Bounds {
  /** With the bus live, an older value is not answered later than this after the acknowledgement. @default 1_000 */
  readonly liveMs?: number;
  /** With a bus not live, not later than this: the cap on memory's freshness, and a little for the machine. @default 2_500 */
  readonly blindMs?: number;
  /** A read ends within this, its loader's own time included. @default 1_000 */
  readonly readMs?: number;
  /** A write ends within this. @default 10_000 */
  readonly writeMs?: number;
}

/** Something that was promised and did not hold; `invariant` as in ARCHITECTURE.md. */
export interface Violation {
  readonly invariant: number;
  readonly node: string;
  readonly key?: string;
  readonly what: string;
  readonly at: Instant;
  /** What happened to the key before it, a line each. */
  readonly evidence?: readonly string[];
}

/** What a history came to. */
export interface Verdict {
  readonly violations: readonly Violation[];
  /** The longest after an acknowledgement that an older value was answered as fresh; while the bus was live, and while it was not. */
  readonly worstStalenessMs: { readonly live: number; readonly blind: number };
}

/** Since when no node may answer with less than `n`, and since when this one may not. */
interface Duty {
  readonly n: number;
  readonly write: Write;
  readonly acknowledgedAt: Instant;
  readonly isBlind: boolean;
  readonly from: Instant;
}

/**
 * Holds a history against the invariants that are about many nodes (after Jepsen,
 * Kingsbury: operations with the instants of their beginnings and their ends).
 *
 * A value is a number which grows with every change at the source, so what is
 * older needs no guessing. Only what was acknowledged obliges; a write that
 * failed, or whose node died, may have happened or not.
 */
export function check(history: History, bounds: Bounds = {}): Verdict {
  const { liveMs = 1_000, blindMs = 2_500, readMs = 1_000, writeMs = 10_000 } = bounds;
  const violations: Violation[] = [];
  const worst = { live: 0, blind: 0 };
  const writes = writesByKey(history.writes);

  for (const [key, reads] of byNodeAndKey(history.reads)) {
    const { node } = key;
    const duties = (writes.get(key.key) ?? []).map((write) => dutyOf(history, write, node, liveMs, blindMs));
    for (const read of reads) {
      if (!read.answer?.isFresh || read.answer.n === undefined) continue;
      const { n } = read.answer;
      for (const duty of duties) {
        if (duty.n <= n || duty.acknowledgedAt >= read.invokedAt) continue;
        const lateMs = read.invokedAt - duty.acknowledgedAt;
        const kind = duty.isBlind ? 'blind' : 'live';
        worst[kind] = Math.max(worst[kind], lateMs);
        if (duty.from > read.invokedAt) continue;
        const what = `${told(read)}, ${Math.round(lateMs)} ms after ${duty.write.node}'s ${duty.write.call} of ${duty.n}`;
        violations.push({ invariant: 2, node, key: key.key, what, at: read.invokedAt });
        break;
      }
    }
    violations.push(...goingsBack(reads));
  }

  for (const read of history.reads) {
    if (touches(history.stopped, read.node, read.invokedAt, read.settledAt)) continue;
    const { node, key, invokedAt: at } = read;
    const tookMs = Math.round(read.settledAt - at);
    const mayFail = touches(history.sourceDown, node, at - readMs, read.settledAt);
    if (read.error !== undefined && !mayFail) violations.push({ invariant: 6, node, key, what: `${read.call} failed: ${read.error}`, at });
    else if (tookMs > readMs) violations.push({ invariant: 6, node, key, what: `${read.call} took ${tookMs} ms`, at });
  }
  for (const write of history.writes) {
    if (write.settledAt === undefined || touches(history.stopped, write.node, write.invokedAt, write.settledAt)) continue;
    const tookMs = Math.round(write.settledAt - write.invokedAt);
    if (tookMs > writeMs) violations.push({ invariant: 7, node: write.node, what: `${write.call} took ${tookMs} ms`, at: write.invokedAt });
  }

  for (const read of history.finalReads) {
    const { node, key, invokedAt: at } = read;
    const last = Math.max(0, ...(writes.get(key) ?? []).map(({ n }) => n));
    const isOlder = read.answer?.n !== undefined && read.answer.isFresh && read.answer.n < last;
    if (read.error !== undefined) violations.push({ invariant: 6, node, key, what: `after all was healed: ${read.error}`, at });
    else if (isOlder && read.seenBy === 'node')
      violations.push({
        invariant: 4,
        node,
        key,
        what: `still has ${read.answer?.n}, and ${last} was acknowledged: an invalidation was lost`,
        at,
      });
    else if (isOlder && !history.isSharedTierLossy)
      violations.push({ invariant: 5, node, key, what: `the shared tier has ${read.answer?.n}, and ${last} was acknowledged`, at });
  }
  for (const { node, what, at } of history.accidents) violations.push({ invariant: 11, node, what, at });
  return { violations: violations.sort((a, b) => a.at - b.at), worstStalenessMs: worst };
}

interface AcknowledgedWrite {
  readonly n: number;
  readonly write: Write;
  readonly acknowledgedAt: Instant;
}

function writesByKey(writes: readonly Write[]): Map<string, AcknowledgedWrite[]> {
  const byKey = new Map<string, AcknowledgedWrite[]>();
  for (const write of writes) {
    if (write.settledAt === undefined || write.error !== undefined) continue;
    for (const { key, n } of write.changes) {
      const known = byKey.get(key);
      const acknowledged = { n, write, acknowledgedAt: write.settledAt };
      if (known) known.push(acknowledged);
      else byKey.set(key, [acknowledged]);
    }
  }
  return byKey;
}

/**
 * When a write binds a node. Memory's freshness is capped while a bus is not live,
 * be it the reader's or the writer's; once it is back, the node has the usual time.
 * What a writer said that reached neither bus nor tier counts from when it did.
 */
function dutyOf(history: History, { n, write, acknowledgedAt }: AcknowledgedWrite, node: string, liveMs: number, blindMs: number): Duty {
  // A node knows at once what it did itself; but a pattern is a scan of the shared tier, and what another
  // process stores behind it comes to light when that one has heard the news.
  if (write.node === node && write.call !== 'pattern') return { n, write, acknowledgedAt, isBlind: false, from: acknowledgedAt };
  const { blind, cutOff } = history;
  const wasCutOff = touches(cutOff, write.node, write.invokedAt, acknowledgedAt + liveMs);
  const saidAt = wasCutOff ? endOf(cutOff, write.node, acknowledgedAt, acknowledgedAt + liveMs) : acknowledgedAt;
  const isBlind = wasCutOff || [write.node, node].some((each) => touches(blind, each, write.invokedAt, saidAt + liveMs));
  const backAt = Math.max(...[write.node, node].map((each) => endOf(blind, each, saidAt, saidAt + liveMs)));
  return { n, write, acknowledgedAt, isBlind, from: isBlind ? Math.min(saidAt + blindMs, backAt + liveMs) : saidAt + liveMs };
}

/** The reads of each node and key, by their beginning. */
function byNodeAndKey(reads: readonly Read[]): Map<{ readonly node: string; readonly key: string }, Read[]> {
  const groups = new Map<string, Read[]>();
  for (const read of reads) {
    const name = `${read.node} ${read.key}`;
    const group = groups.get(name);
    if (group) group.push(read);
    else groups.set(name, [read]);
  }
  return new Map(
    [...groups.values()].map((group) => {
      const [{ node, key } = { node: '', key: '' }] = group;
      return [{ node, key }, group.sort((a, b) => a.invokedAt - b.invokedAt)];
    }),
  );
}

/** Where a node answered with less than it had answered before this read began. */
function goingsBack(reads: readonly Read[]): Violation[] {
  const bySettling = [...reads].sort((a, b) => a.settledAt - b.settledAt);
  const violations: Violation[] = [];
  let newest: Read | undefined;
  let next = 0;
  for (const read of reads) {
    for (let earlier = bySettling[next]; earlier && earlier.settledAt < read.invokedAt; earlier = bySettling[next]) {
      if ((earlier.answer?.n ?? 0) > (newest?.answer?.n ?? 0)) newest = earlier;
      next += 1;
    }
    if (!newest || read.answer?.n === undefined || read.answer.n >= (newest.answer?.n ?? 0)) continue;
    const agoMs = Math.round(read.invokedAt - newest.settledAt);
    const what = `${told(read)}, and ${agoMs} ms before ${told(newest)}`;
    violations.push({ invariant: 3, node: read.node, key: read.key, what, at: read.invokedAt });
  }
  return violations;
}

function told({ call, answer }: Read): string {
  return `${call} answered ${answer?.n} from ${answer?.tier ?? 'somewhere'}${answer?.isFresh === false ? ', stale' : ''}`;
}
