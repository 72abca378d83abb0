import { Pattern } from '../entry/pattern.ts';
import { ConfigError } from '../errors.ts';

/** Every entry that comes is held against each pattern. */
const MAX_PATTERNS = 1_000;
const MAX_KEYS = 100_000;

/** Which keys of a namespace are kept in memory: keys as people write them, and patterns over them. */
export class Protection {
  readonly #keys = new Set<string>();
  readonly #patterns = new Map<string, Pattern>();

  constructor(patterns: readonly string[] = []) {
    for (const pattern of patterns) this.add(new Pattern(pattern));
  }

  /** @throws ConfigError when there are too many. */
  add(pattern: Pattern): void {
    if (pattern.isLiteral) this.#keys.add(pattern.prefix);
    else this.#patterns.set(pattern.text, pattern);
    if (this.#keys.size <= MAX_KEYS && this.#patterns.size <= MAX_PATTERNS) return;
    this.remove(pattern);
    throw new ConfigError(
      `${MAX_KEYS} keys and ${MAX_PATTERNS} patterns are protected already; unprotect some, or say it by fewer patterns`,
    );
  }

  remove(pattern: Pattern): void {
    if (pattern.isLiteral) this.#keys.delete(pattern.prefix);
    else this.#patterns.delete(pattern.text);
  }

  /** Whether nothing is: then no key need be put together to ask. */
  get isEmpty(): boolean {
    return this.#keys.size === 0 && this.#patterns.size === 0;
  }

  /** Whether a key is to be kept. */
  has(key: string): boolean {
    if (this.#keys.has(key)) return true;
    for (const pattern of this.#patterns.values()) if (pattern.matches(key)) return true;
    return false;
  }
}
