import { Pattern } from '../../entry/pattern.ts';
import { ConfigError } from '../../errors.ts';

/** Which entries are meant, by one of these. Keys and patterns are as in `quote:AAPL`; plain keys stand for themselves. */
export type Selector =
  | { readonly key: string }
  | { readonly keys: readonly string[] }
  | { readonly tag: string }
  | { readonly tags: readonly string[] }
  | { readonly pattern: string };

/** A selector, checked. */
export type Selection =
  | { readonly by: 'keys'; readonly keys: readonly string[] }
  | { readonly by: 'tags'; readonly tags: readonly string[] }
  | { readonly by: 'pattern'; readonly pattern: Pattern };

/** Checks a selector. @throws ConfigError unless it names exactly one of its fields; PatternError for a bad pattern. */
export function selectionOf(selector: Selector): Selection {
  const fields = typeof selector === 'object' ? Object.keys(selector ?? {}) : [];
  if (fields.length === 1) {
    if ('key' in selector && typeof selector.key === 'string') return { by: 'keys', keys: [selector.key] };
    if ('keys' in selector && isTexts(selector.keys)) return { by: 'keys', keys: selector.keys };
    if ('tag' in selector && typeof selector.tag === 'string') return { by: 'tags', tags: [selector.tag] };
    if ('tags' in selector && isTexts(selector.tags)) return { by: 'tags', tags: selector.tags };
    if ('pattern' in selector && typeof selector.pattern === 'string') return { by: 'pattern', pattern: new Pattern(selector.pattern) };
  }
  throw new ConfigError(`A selector has one of key, keys, tag, tags, pattern; got ${JSON.stringify(selector)}`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
