import type { KeyArgument } from '../entry/key.ts';
import type { LoadContext } from './kind/loader.ts';
import type { KindCache } from './kind-cache.ts';
import type { ReadOptions } from './reading/freshness.ts';

/** A function of one key that asks a source; the context is optional to take. */
export type Source<K, V, R extends V | undefined = V | undefined> = (key: K, context: LoadContext<K, V>) => R | Promise<R>;

/** A method of one key, as a decorator sees it. */
export type Method<This, K, V> = (this: This, key: K, context?: LoadContext<K, V>) => Promise<V>;

/**
 * Puts a cache before a source: a function, or, as a standard decorator, a method.
 *
 * @example
 * const quote = cached(cache.quote, (symbol, { signal }) => api.quote(symbol, { signal }));
 * await quote('AAPL');
 *
 * class Api {
 *   \@cached(cache.quote)
 *   async quote(symbol: string) { … }
 * }
 */
export function cached<K extends KeyArgument, V>(
  kind: KindCache<K, V>,
  source: Source<K, V>,
): (key: K, options?: ReadOptions) => Promise<V>;
export function cached<K extends KeyArgument, V>(
  kind: KindCache<K, V>,
): <This>(method: Method<This, K, V>, context: ClassMethodDecoratorContext<This, Method<This, K, V>>) => Method<This, K, V>;
export function cached<K extends KeyArgument, V>(kind: KindCache<K, V>, source?: Source<K, V>): unknown {
  if (source) return (key: K, options?: ReadOptions) => kind.getOrLoad(key, (context) => source(key, context), options);
  return function decorate<This>(method: Method<This, K, V>): Method<This, K, V> {
    return function cachedMethod(this: This, key: K): Promise<V> {
      return kind.getOrLoad<V>(key, (context) => method.call(this, key, context));
    };
  };
}
