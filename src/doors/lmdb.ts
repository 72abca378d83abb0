/**
 * The embedded shared tier: entries of all the processes of one host, on its disk.
 *
 * @packageDocumentation
 */

export type { LmdbOptions, LmdbStats, LmdbWarning } from '../tiers/lmdb/lmdb-options.ts';
export { type LmdbTier, lmdb } from '../tiers/lmdb/lmdb-tier.ts';
