import { Pattern } from '../entry/pattern.ts';
import { ConfigError, KeyError } from '../errors.ts';
import type { KindEngine } from './kind-engine.ts';

/** The engines of a namespace, whatever their keys and values. */
// biome-ignore lint/suspicious/noExplicitAny: engines of every kind stand side by side here; each is typed where it is used.
export type AnyEngine = KindEngine<any, any>;

/** Where a key as people write it leads. */
export interface Route {
  readonly engine: AnyEngine;
  readonly argument: string;
}

/**
 * Leads from keys as people write them to kinds: `quote:AAPL` is `AAPL` of the
 * kind `quote`, if there is that kind; every other text is a plain key.
 */
export class KindRoutes {
  readonly #prefix: string;
  readonly #plain: AnyEngine;
  readonly #kinds: ReadonlyMap<string, AnyEngine>;

  constructor(namespace: string, plain: AnyEngine, kinds: ReadonlyMap<string, AnyEngine>) {
    this.#prefix = `${namespace}:`;
    this.#plain = plain;
    this.#kinds = kinds;
  }

  *engines(): IterableIterator<AnyEngine> {
    yield this.#plain;
    yield* this.#kinds.values();
  }

  /** The engine of a kind by its name; that of plain keys by the empty one. */
  engine(kind: string): AnyEngine | undefined {
    return kind === '' ? this.#plain : this.#kinds.get(kind);
  }

  /** The engine of a kind that is asked for by name. @throws ConfigError when there is none. */
  named(kind: string): AnyEngine {
    const engine = this.engine(kind);
    if (engine) return engine;
    throw new ConfigError(
      `There is no kind "${String(kind)}"; there are ${[...this.#kinds.keys()].join(', ') || 'none but plain keys, whose kind is empty'}`,
    );
  }

  /** @throws KeyError when the key is no text. */
  resolve(key: string): Route {
    if (typeof key !== 'string') throw new KeyError(`The key is no text but ${typeof key}; give one such as "quote:AAPL", or ask the kind`);
    if (this.#kinds.size > 0) {
      const colonAt = key.indexOf(':');
      const engine = colonAt > 0 ? this.#kinds.get(key.slice(0, colonAt)) : undefined;
      if (engine) return { engine, argument: key.slice(colonAt + 1) };
    }
    return { engine: this.#plain, argument: key };
  }

  /** The key of an argument, as people write it. */
  text(engine: AnyEngine, argument: string): string {
    return keyText(engine.plan.name, argument);
  }

  /** The key that a full key of this namespace stands for, as people write it; `undefined` for a mark, or for a key of another namespace. */
  textOf(fullKey: string): string | undefined {
    if (!fullKey.startsWith(this.#prefix)) return undefined;
    const rest = fullKey.slice(this.#prefix.length);
    if (rest.startsWith(':')) return rest.slice(1);
    return rest.startsWith('~') ? undefined : rest;
  }

  /** Whether a full key stands, as people write it, for one that matches. */
  matcher(pattern: Pattern): (fullKey: string) => boolean {
    return (fullKey) => {
      const text = this.textOf(fullKey);
      return text !== undefined && pattern.matches(text);
    };
  }

  /** Where full keys of this namespace that match lie, if they are of a kind. */
  fullPattern(text: string): Pattern {
    return new Pattern(text, this.#prefix);
  }

  /** Where full keys of this namespace that match lie: those of kinds, and plain ones. */
  fullPatterns(text: string): Pattern[] {
    return [this.fullPattern(text), new Pattern(text, `${this.#prefix}:`)];
  }
}

/** The key of an argument of a kind, as people write it. */
export function keyText(kind: string, argument: string): string {
  return kind === '' ? argument : `${kind}:${argument}`;
}
