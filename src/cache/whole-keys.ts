import { Batch } from './batch.ts';
import { type ManyLoader, manyContext } from './kind/loader.ts';
import type { AnyKindCache } from './kind-cache.ts';
import type { AnyEngine, KindRoutes } from './kind-routes.ts';

/** Keys of one kind: from argument to whole key. */
export type KeysOfKind = ReadonlyMap<string, string>;

/** Leads calls by whole keys to the caches of the kinds they are of. */
export class WholeKeys {
  readonly #routes: KindRoutes;
  readonly #faceOf: (engine: AnyEngine) => AnyKindCache;

  constructor(routes: KindRoutes, faceOf: (engine: AnyEngine) => AnyKindCache) {
    this.#routes = routes;
    this.#faceOf = faceOf;
  }

  /** The kind of a key, and its argument there. */
  route(key: string): [AnyKindCache, string] {
    const { engine, argument } = this.#routes.resolve(key);
    return [this.#faceOf(engine), argument];
  }

  byKind(keys: Iterable<string>): Map<AnyKindCache, KeysOfKind> {
    const byKind = new Map<AnyKindCache, Map<string, string>>();
    for (const key of keys) {
      const [kind, argument] = this.route(key);
      const whole = byKind.get(kind);
      if (whole) whole.set(argument, key);
      else byKind.set(kind, new Map([[argument, key]]));
    }
    return byKind;
  }

  /** What each kind answers for its keys, under whole keys. */
  async ask<V>(
    keys: Iterable<string>,
    question: (kind: AnyKindCache, whole: KeysOfKind) => Promise<Batch<string, V>>,
  ): Promise<Batch<string, V>> {
    const found = new Batch<string, V>();
    const parts = [...this.byKind(keys)].map(async ([kind, whole]) => {
      const batch = await question(kind, whole);
      for (const [argument, value] of batch) found.set(whole.get(argument) ?? argument, value);
      for (const [argument, error] of batch.errors) found.errors.set(whole.get(argument) ?? argument, error);
    });
    await Promise.all(parts);
    return found;
  }
}

/** A loader of arguments by one of whole keys. */
export function loadingWhole<V>(load: ManyLoader<string, V>, whole: KeysOfKind): ManyLoader<string, V> {
  const name = (argument: string): string => whole.get(argument) ?? argument;
  return async (missing, { signal, stale }) => {
    const known = new Map([...stale].map(([argument, value]) => [name(argument), value]));
    const values = await load(missing.map(name), manyContext(signal, known));
    return new Map(missing.map((argument) => [argument, values.get(name(argument))]));
  };
}
