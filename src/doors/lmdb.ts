/**
 * The embedded shared tier: entries of all the processes of one host, on its disk.
 *
 * @packageDocumentation
 */

export type { LmdbWarning } from '../lmdb/lmdb-warning.ts';
export type { LmdbOptions, LmdbStats } from '../tiers/lmdb/lmdb-options.ts';
export { type LmdbTier, lmdb } from '../tiers/lmdb/lmdb-tier.ts';
