import { LRUMap } from 'mnemonist';
import type { Price } from '../harness/prices.ts';
import type { DirectCache } from './subject.ts';

/** It knows no lifetimes: what it has, it has until there is no room. */
export function direct(capacity: number): DirectCache {
  const cache = new LRUMap<string, Price>(capacity);
  return { get: (key) => cache.get(key), set: (key, value) => cache.set(key, value) };
}
