import { createCache } from 'async-cache-dedupe';
import { type Load, type LoadingCache, TTL_MS } from './subject.ts';

export function loading(load: Load, size: number): LoadingCache {
  const cache = createCache({ ttl: TTL_MS / 1_000, storage: { type: 'memory', options: { size } } }).define('price', load);
  return { getOrLoad: (key) => cache.price(key) };
}
