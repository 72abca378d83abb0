import type { RedisTierOptions } from '../../src/tiers/redis/redis-tier-options.ts';
import type { Accident, Instant, ReadAnswer, ReadCall } from './history.ts';

/** The shared tier of a node. */
export type TierPlan =
  | { readonly kind: 'lmdb'; readonly path: string; readonly maxBytes?: number }
  | ({ readonly kind: 'redis' } & Pick<RedisTierOptions, 'url' | 'sentinel' | 'cluster'>);

/** The bus of a node. */
export type BusPlan =
  | { readonly kind: 'in-process' }
  | { readonly kind: 'lmdb'; readonly path: string }
  | { readonly kind: 'redis'; readonly url: string }
  | { readonly kind: 'nats'; readonly servers: readonly string[] };

/** All that a node is told when it starts. */
export interface NodePlan {
  readonly name: string;
  /** Whose cache it runs. @default 'tiercel' */
  readonly library?: 'tiercel' | 'bentocache' | 'cacheable';
  /** Caches in the process, which have the source and the bus in common. @default 1 */
  readonly members?: number;
  readonly truthFile: string;
  readonly keys: readonly string[];
  readonly tier?: TierPlan;
  readonly bus?: BusPlan;
  /** Whether it is ready only once its bus is live. @default true */
  readonly waitsForBus?: boolean;
  /** Whether it has its caches only once it is asked for something, and answers that without having connected. @default false */
  readonly opensWhenAsked?: boolean;
  /** Whether one process alone loads a key. @default false */
  readonly lease?: boolean;
  /** How its source is at first. @default fine, and a load takes up to 5 ms */
  readonly source?: SourcePlan;
  /** @default 30_000 */
  readonly ttlMs?: number;
  /** @default 60_000 */
  readonly graceMs?: number;
  /** A load is aborted after this. @default 1_000 */
  readonly loadDeadlineMs?: number;
  /** Entries in memory. @default 10_000 */
  readonly maxEntries?: number;
  /** A heavier entry is not kept in memory. @default as the cache has it */
  readonly maxEntryBytes?: number;
}

/** How the source of a node is. */
export interface SourcePlan {
  /** `failing` rejects, `throwing` throws at once, `hanging` never answers. */
  readonly mode: 'fine' | 'failing' | 'throwing' | 'hanging';
  /** A load takes up to so long. */
  readonly delayMs: number;
  /** And no less than this. @default 0 */
  readonly leastMs?: number;
}

/**
 * What befalls a bus: `cut` is told, `silent cut` is not; under `rough` messages and
 * beats are lost, doubled, late and out of order.
 */
export type BusFault = 'cut' | 'silent cut' | 'rough' | 'heal';

/** What a node is asked. */
export type NodeRequest = { readonly member?: number } & (
  | { readonly call: ReadCall; readonly key: string }
  | { readonly call: 'set'; readonly key: string; readonly n: number }
  | { readonly call: 'delete'; readonly key: string }
  | { readonly call: 'tag' | 'pattern'; readonly group: string }
  | { readonly call: 'clear' | 'flush' | 'state' | 'close' }
  /** Collects its garbage and tells what is left. */
  | { readonly call: 'heap' }
  | { readonly call: 'source'; readonly source: SourcePlan }
  /** A fault made within the node, before whatever bus it has. */
  | { readonly call: 'bus'; readonly fault: BusFault }
  /** Blocks the event loop. */
  | { readonly call: 'stall'; readonly ms: number }
  /** Opens files until there are no more descriptors, or gives them back. */
  | { readonly call: 'hoard'; readonly isOn: boolean }
);

/** How a node is. */
export interface NodeState {
  /** Whether every tier is asked, and has taken all that was written. */
  readonly areTiersWell: boolean;
  readonly isBusLive: boolean;
  /** Whether a breaker keeps calls from a tier. */
  readonly isTierOpen: boolean;
  /** Entries in memory, and what they weigh. */
  readonly entries: number;
  readonly bytes: number;
  /** Calls of tiers that failed or ran out of time. */
  readonly tierErrors: number;
  /** Bytes from tiers that were refused. */
  readonly refused: number;
  /** Loads that its source was asked for. */
  readonly loads: number;
  readonly rssBytes: number;
  /** Anything else, for people. */
  readonly notes: string;
}

/** What a cache says of how it is. */
export type SubjectState = Omit<NodeState, 'rssBytes' | 'loads'>;

/** What a node answers. */
export interface NodeReply {
  readonly id: number;
  readonly invokedAt: Instant;
  readonly settledAt: Instant;
  readonly answer?: ReadAnswer;
  readonly state?: NodeState;
  readonly heapBytes?: number;
  readonly error?: string;
}

/** What a node says unasked: that it is ready, or that something escaped it. */
export type NodeNews = { readonly ready: true } | { readonly accident: Omit<Accident, 'node'> };

/** Now, on the clock that all processes of the host share. */
export function now(): Instant {
  return Number(process.hrtime.bigint()) / 1e6;
}
