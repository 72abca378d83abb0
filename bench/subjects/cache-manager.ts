import { createCache } from 'cache-manager';
import type { Price } from '../harness/prices.ts';
import { type Load, type LoadingCache, type ManyCache, TTL_MS } from './subject.ts';

export function loading(load: Load): LoadingCache {
  const cache = createCache({ ttl: TTL_MS });
  return { getOrLoad: (key) => cache.wrap(key, () => load(key)) };
}

export function many(): ManyCache {
  const cache = createCache({ ttl: TTL_MS });
  return { set: (key, value) => cache.set(key, value), getMany: (keys) => cache.mget<Price>([...keys]) };
}
