import { open, type RootDatabase } from 'lmdb';
import { lmdb } from '../../src/doors/lmdb.ts';
import type { Price } from '../harness/prices.ts';
import type { DiskCache } from './subject.ts';
import { priceCache } from './tiercel.ts';

/** The store itself, with values in the form that it chooses (MessagePack). */
export async function values(path: string, prices: ReadonlyMap<string, Price>): Promise<DiskCache> {
  const store = await filled(path, prices);
  return { read: (key) => store.get(key), close: () => store.close() };
}

/** The store itself, bytes only: what it costs to decode is left out. */
export async function bytes(path: string, prices: ReadonlyMap<string, Price>): Promise<DiskCache> {
  const store = await filled(path, prices);
  const ids = new Map([...prices].map(([key, { id }]) => [key, { id, isThere: true }]));
  return { read: (key) => (store.getBinary(key) === undefined ? undefined : ids.get(key)), close: () => store.close() };
}

async function filled(path: string, prices: ReadonlyMap<string, Price>): Promise<RootDatabase<Price, string>> {
  const store = open<Price, string>({ path, noSync: true });
  await store.transaction(() => {
    for (const [key, price] of prices) void store.put(key, price);
  });
  return store;
}

/** A memory of one entry before LMDB, so that each read finds its entry on the disk and brings it into memory. */
async function tiered(path: string, prices: ReadonlyMap<string, Price>) {
  const cache = priceCache({ maxEntries: 1 }, [lmdb({ path })]);
  await cache.price.setMany(prices);
  await cache.flush();
  return cache;
}

export async function getOrLoad(path: string, prices: ReadonlyMap<string, Price>): Promise<DiskCache> {
  const cache = await tiered(path, prices);
  const load = async ({ key }: { readonly key: string }): Promise<Price> => {
    throw new Error(`${key} is not there`);
  };
  return { read: (key) => cache.price.getOrLoad(key, load), close: () => cache.close() };
}

export async function get(path: string, prices: ReadonlyMap<string, Price>): Promise<DiskCache> {
  const cache = await tiered(path, prices);
  return { read: (key) => cache.price.get(key), close: () => cache.close() };
}

/** A hundred keys at a time. */
export async function getMany(path: string, prices: ReadonlyMap<string, Price>): Promise<DiskCache> {
  const cache = await tiered(path, prices);
  return { readMany: async (keys) => (await cache.price.getMany(keys)).values(), close: () => cache.close() };
}
