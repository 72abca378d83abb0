import type { CacheError } from '../errors.ts';

/** The values of many keys, and the errors of those that failed: each key stands in one of the two, or in neither when there is nothing. */
export class Batch<K, V> extends Map<K, V> {
  /** Why each failed key failed. */
  readonly errors: Map<K, CacheError> = new Map();
}
