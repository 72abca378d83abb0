import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { type Load, type LoadingCache, TTL_MS } from './subject.ts';

/** As its guide shows it. */
export function loading(load: Load, maxItems: number): LoadingCache {
  const bento = new BentoCache({ default: 'memory', stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems })) } });
  return { getOrLoad: (key) => bento.getOrSet({ key, factory: () => load(key), ttl: TTL_MS }) };
}

/** As fast as its options make it: values by reference, the lifetime said once. */
export function tuned(load: Load, maxItems: number): LoadingCache {
  const memory = bentostore().useL1Layer(memoryDriver({ maxItems, serialize: false }));
  const bento = new BentoCache({ default: 'memory', ttl: TTL_MS, stores: { memory } });
  return { getOrLoad: (key) => bento.getOrSet({ key, factory: () => load(key) }) };
}
