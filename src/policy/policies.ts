import type { EvictionPolicy, PolicyName, PolicyOptions } from './eviction-policy.ts';
import { Fifo } from './fifo.ts';
import { Hybrid } from './hybrid.ts';
import { Lfu } from './lfu.ts';
import { Lru } from './lru.ts';
import { S3Fifo } from './s3-fifo.ts';
import { Sieve } from './sieve.ts';

/** Makes each policy by its name. */
export const POLICIES: Readonly<Record<PolicyName, (options?: PolicyOptions) => EvictionPolicy>> = {
  hybrid: (options) => new Hybrid(options?.weightOf),
  's3-fifo': () => new S3Fifo(),
  sieve: () => new Sieve(),
  lru: () => new Lru(),
  lfu: () => new Lfu(),
  fifo: () => new Fifo(),
};
