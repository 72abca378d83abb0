import { LRU } from 'tiny-lru';
import type { Price } from '../harness/prices.ts';
import { type DirectCache, TTL_MS } from './subject.ts';

export function withTtl(max: number): DirectCache {
  const cache = new LRU<Price>(max, TTL_MS);
  return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
}
