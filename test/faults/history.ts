/**
 * Instants are milliseconds of the host's monotonic clock, which all its processes share.
 */
export type Instant = number;

/** That the source of truth had the number `n` under `key` from now on; the numbers of a key only grow. */
export interface Revision {
  readonly key: string;
  readonly n: number;
}

/** The reads of a cache that tell a value. */
export type ReadCall = 'peek' | 'get' | 'load';

/** The writes: one that brings the new number, and those that only say that the old one is over. */
export type WriteCall = 'set' | 'delete' | 'tag' | 'pattern' | 'clear';

/** What a read was answered with. */
export interface ReadAnswer {
  /** The number; `undefined` where nothing was there. */
  readonly n: number | undefined;
  /** Whether the cache held it for fresh, or said that it was stale. */
  readonly isFresh: boolean;
  /** `memory`, the name of a tier, or `source`. */
  readonly tier?: string | undefined;
}

/** A read by a node. */
export interface Read {
  readonly node: string;
  readonly call: ReadCall;
  readonly key: string;
  readonly invokedAt: Instant;
  readonly settledAt: Instant;
  readonly answer?: ReadAnswer;
  readonly error?: string;
}

/** A write by a node. Without `settledAt` it never came to an end: its node was killed. */
export interface Write {
  readonly node: string;
  readonly call: WriteCall;
  readonly changes: readonly Revision[];
  readonly invokedAt: Instant;
  readonly settledAt?: Instant;
  readonly error?: string;
}

/** A span in which something of a node was so; of all nodes when it names none. */
export interface Span {
  readonly node?: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** What a node came to that it never should. */
export interface Accident {
  readonly node: string;
  readonly what: string;
  readonly at: Instant;
}

/** What a read found once all was healed and quiet. */
export interface FinalRead extends Read {
  /** `node` reads as any node does, `shared` what the shared tier has, through a cache that knows nothing. */
  readonly seenBy: 'node' | 'shared';
}

/** All that was asked of some caches that share a source, and what they answered. */
export class History {
  readonly reads: Read[] = [];
  readonly writes: Write[] = [];
  readonly finalReads: FinalRead[] = [];
  readonly accidents: Accident[] = [];
  /** A node whose bus was not live. */
  readonly blind: Span[] = [];
  /** A node that reached neither its bus nor its tier: what it wrote, nobody else could know. */
  readonly cutOff: Span[] = [];
  /** A node that stood still. */
  readonly stopped: Span[] = [];
  /** A node whose loader could not answer. */
  readonly sourceDown: Span[] = [];
  /** Whether the shared tier lost, by the fault itself, what it had taken. */
  isSharedTierLossy = false;

  /** Calls that were made and came to an end. */
  get size(): number {
    return this.reads.length + this.writes.length;
  }
}

/** Whether any of the spans that concern `node` touches the time from `from` to `to`. */
export function touches(spans: readonly Span[], node: string, from: Instant, to: Instant): boolean {
  return spans.some((span) => concerns(span, node) && span.from <= to && span.to >= from);
}

/** When the spans that concern `node`, touch the time from `from` to `to`, and follow one another have ended; `from` when there are none. */
export function endOf(spans: readonly Span[], node: string, from: Instant, to: Instant): Instant {
  let end = from;
  for (const span of spans.filter((each) => concerns(each, node)).sort((a, b) => a.from - b.from)) {
    if (span.from <= Math.max(end, to)) end = Math.max(end, span.to);
  }
  return end;
}

/** Members of one process are named for it: a span of `a` concerns `a/0`. */
function concerns(span: Span, node: string): boolean {
  return span.node === undefined || span.node === node || node.startsWith(`${span.node}/`);
}
