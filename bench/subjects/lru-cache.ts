import { LRUCache } from 'lru-cache';
import type { Price } from '../harness/prices.ts';
import { type DirectCache, type Load, type LoadingCache, TTL_MS } from './subject.ts';

export function direct(max: number): DirectCache {
  const cache = new LRUCache<string, Price>({ max });
  return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
}

export function withTtl(max: number): DirectCache {
  const cache = new LRUCache<string, Price>({ max, ttl: TTL_MS });
  return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
}

/** Bounded in bytes, too, as Tiercel is; every price is said to weigh the same. */
export function withTtlAndSize(max: number): DirectCache {
  const cache = new LRUCache<string, Price>({ max, ttl: TTL_MS, maxSize: 2 ** 32, sizeCalculation: () => 200 });
  return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
}

export function loading(load: Load, max: number): LoadingCache {
  const cache = new LRUCache<string, Price>({ max, ttl: TTL_MS, fetchMethod: (key) => load(key) });
  return { getOrLoad: (key) => cache.fetch(key) };
}
