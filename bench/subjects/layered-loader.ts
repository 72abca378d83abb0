import { Loader } from 'layered-loader/core';
import type { Price } from '../harness/prices.ts';
import { type Load, type LoadingCache, type ManyCache, TTL_MS } from './subject.ts';

const inMemory = (maxItems: number) => ({ cacheType: 'lru-object' as const, ttlInMsecs: TTL_MS, maxItems });

export function loading(load: Load, maxItems: number): LoadingCache {
  const loader = new Loader<Price>({ inMemoryCache: inMemory(maxItems), dataSourceGetOneFn: load });
  return { getOrLoad: (key) => loader.get(key) };
}

export function many(maxItems: number): ManyCache {
  const loader = new Loader<Price>({ inMemoryCache: inMemory(maxItems), dataSourceGetManyFn: async () => [] });
  return { set: (key, value) => loader.forceSetValue(key, value), getMany: (keys) => loader.getMany([...keys]) };
}
