import type { Price } from '../harness/prices.ts';
import type { DirectCache, Load, LoadingCache, ManyCache } from './subject.ts';

/** No less can be done: a lookup. Nothing expires and nothing leaves. */
export function direct(): DirectCache {
  const map = new Map<string, Price>();
  return { get: (key) => map.get(key), set: (key, value) => map.set(key, value) };
}

/** The least with a bound: the oldest key is deleted, which a ring of keys tells. */
export function bounded(max: number): DirectCache {
  const map = new Map<string, Price>();
  const ring = new Array<string>(max);
  let next = 0;
  const set = (key: string, value: Price): void => {
    if (map.size === max) map.delete(ring[next]!);
    map.set(key, value);
    ring[next] = key;
    next = (next + 1) % max;
  };
  return { get: (key) => map.get(key), set };
}

/** The same behind an `async` function that stores, for caches whose writes are awaited. */
export function awaited(): DirectCache {
  const map = new Map<string, Price>();
  return { get: (key) => map.get(key), set: async (key, value) => map.set(key, value) };
}

/** A lookup in an `async` function; who comes while a value is being loaded waits for it. */
export function loading(load: Load): LoadingCache {
  const map = new Map<string, Price>();
  const underWay = new Map<string, Promise<Price>>();
  const loaded = async (key: string): Promise<Price> => {
    const value = await load(key);
    map.set(key, value);
    underWay.delete(key);
    return value;
  };
  const join = (key: string): Promise<Price> => {
    const flight = underWay.get(key) ?? loaded(key);
    underWay.set(key, flight);
    return flight;
  };
  return { getOrLoad: async (key) => map.get(key) ?? join(key) };
}

/** Lookups in an `async` function, gathered in a map. */
export function many(): ManyCache {
  const map = new Map<string, Price>();
  return {
    set: (key, value) => map.set(key, value),
    getMany: async (keys) => {
      const found = new Map<string, Price>();
      for (const key of keys) {
        const value = map.get(key);
        if (value !== undefined) found.set(key, value);
      }
      return found.values();
    },
  };
}
