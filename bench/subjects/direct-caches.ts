import type { PolicyName } from '../../src/index.ts';
import type { DirectCache } from './subject.ts';

/** Opens a cache with room for so many entries, and loads its code no earlier: a process knows only whom it measures. */
export type Open = (capacity: number) => Promise<DirectCache>;

export const map: Open = async () => (await import('./map.ts')).direct();

export const boundedMap: Open = async (max) => (await import('./map.ts')).bounded(max);

export const tiercel =
  (policy: PolicyName): Open =>
  async (maxEntries) =>
    (await import('./tiercel.ts')).direct({ maxEntries, policy });

export const lruCacheWithTtl: Open = async (max) => (await import('./lru-cache.ts')).withTtl(max);

export const lruCacheWithTtlAndSize: Open = async (max) => (await import('./lru-cache.ts')).withTtlAndSize(max);

export const quickLru: Open = async (maxSize) => (await import('./quick-lru.ts')).withTtl(maxSize);

/** The peers that answer at once, by the names that the page has for them. */
export const PEERS: Readonly<Record<string, Open>> = {
  'lru-cache with TTL': lruCacheWithTtl,
  'mnemonist LRUMap, no TTL': async (capacity) => (await import('./mnemonist.ts')).direct(capacity),
  'quick-lru': quickLru,
  'tiny-lru': async (max) => (await import('./tiny-lru.ts')).withTtl(max),
  '@isaacs/ttlcache': async (max) => (await import('./ttlcache.ts')).withTtl(max),
};
