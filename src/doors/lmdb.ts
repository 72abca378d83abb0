/**
 * The embedded shared tier, entries of all the processes of one host on its disk;
 * and the bus that keeps these in step. Neither needs a server.
 *
 * @packageDocumentation
 */

export { type LmdbBus, lmdbBus } from '../bus/lmdb/lmdb-bus.ts';
export type { LmdbBusOptions, LmdbBusStats } from '../bus/lmdb/lmdb-bus-options.ts';
export type { LmdbWarning } from '../lmdb/lmdb-warning.ts';
export type { LmdbOptions, LmdbStats } from '../tiers/lmdb/lmdb-options.ts';
export { type LmdbTier, lmdb } from '../tiers/lmdb/lmdb-tier.ts';
