import { TTLCache } from '@isaacs/ttlcache';
import type { Price } from '../harness/prices.ts';
import { type DirectCache, TTL_MS } from './subject.ts';

/** As its page shows it: what would expire first leaves first, so with one lifetime first in, first out. */
export function withTtl(max: number): DirectCache {
  const cache = new TTLCache<string, Price>({ max, ttl: TTL_MS });
  return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
}
