import QuickLRU from 'quick-lru';
import type { Price } from '../harness/prices.ts';
import { type DirectCache, TTL_MS } from './subject.ts';

/** It keeps up to twice `maxSize`: the entries of late, and those before. */
export function withTtl(maxSize: number): DirectCache {
  const cache = new QuickLRU<string, Price>({ maxSize, maxAge: TTL_MS });
  return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
}
