import type { EvictionPolicy, PolicyName } from './eviction-policy.ts';
import { Lru } from './lru.ts';
import { Sieve } from './sieve.ts';

/** Makes each policy by its name. */
export const POLICIES: Readonly<Record<PolicyName, () => EvictionPolicy>> = {
  lru: () => new Lru(),
  sieve: () => new Sieve(),
};
