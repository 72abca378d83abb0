import { createCache, kind, type MemoryOptions, type RemoteTier } from '../../src/index.ts';
import type { Price } from '../harness/prices.ts';
import { type DirectCache, type Load, type LoadingCache, type ManyCache, TTL_MS } from './subject.ts';

/** A cache of prices, as everybody would make it. */
export function priceCache(memory: MemoryOptions, remote: readonly RemoteTier[] = []) {
  return createCache({ kinds: { price: kind<string, Price>({ lifetime: TTL_MS }) }, memory: { maxBytes: '4gb', ...memory }, remote });
}

export function direct(memory: MemoryOptions): DirectCache {
  const { price } = priceCache(memory);
  return { get: (key) => price.peek(key), set: (key, value) => price.set(key, value) };
}

/** Without kinds, by whole keys. */
export function plain(memory: MemoryOptions): DirectCache {
  const cache = createCache({ lifetime: TTL_MS, memory: { maxBytes: '4gb', ...memory } });
  return { get: (key) => cache.peek<Price>(key), set: (key, value) => cache.set(key, value) };
}

export function loading(load: Load, memory: MemoryOptions): LoadingCache {
  const { price } = priceCache(memory);
  return { getOrLoad: (key) => price.getOrLoad(key, (context) => load(context.key)) };
}

export function many(memory: MemoryOptions): ManyCache {
  const { price } = priceCache(memory);
  return { set: (key, value) => price.set(key, value), getMany: async (keys) => (await price.getMany(keys)).values() };
}
