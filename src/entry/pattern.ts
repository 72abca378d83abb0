import { PatternError } from '../errors.ts';

/** A pattern may be this long, in UTF-16 units. */
export const MAX_PATTERN_LENGTH = 256;
/** A pattern may hold this many stars. */
export const MAX_PATTERN_STARS = 8;

const ANY = -1;
const ONE = -2;

/**
 * A glob over keys: `*` stands for any run of characters, `?` for one, `\` takes
 * the next character as it is. All else stands for itself; there are no sets
 * and no regular expressions. Matching takes time in proportion to the key, for
 * a star that is passed is never come back to.
 */
export class Pattern {
  /** As it was written. */
  readonly text: string;
  /** The characters every match begins with, up to the first wildcard: where a scan may start. */
  readonly prefix: string;
  readonly #codes: readonly number[];

  /**
   * @param text the glob.
   * @param within characters that every match begins with, taken as they are: a namespace.
   * @throws PatternError when it is empty, too long, has too many stars or ends in a lone backslash.
   */
  constructor(text: string, within = '') {
    if (typeof text !== 'string') throw new PatternError(`The pattern is no text but ${typeof text}; write one such as "quote:AAPL*"`);
    if (text.length === 0) throw new PatternError('The pattern is empty; use "*" for every key');
    if (text.length > MAX_PATTERN_LENGTH)
      throw new PatternError(`The pattern is ${text.length} characters long; ${MAX_PATTERN_LENGTH} are allowed`);
    this.text = text;
    const codes = compile(text);
    const stars = codes.reduce((count, code) => (code === ANY ? count + 1 : count), 0);
    if (stars > MAX_PATTERN_STARS) throw new PatternError(`The pattern has ${stars} stars; ${MAX_PATTERN_STARS} are allowed`);
    this.#codes = [...unitsOf(within), ...codes];
    const wildcardAt = this.#codes.findIndex((code) => code < 0);
    const literal = wildcardAt === -1 ? this.#codes : this.#codes.slice(0, wildcardAt);
    this.prefix = String.fromCharCode(...literal);
  }

  /** Whether the pattern has no wildcard: it then matches one key, its prefix. */
  get isLiteral(): boolean {
    return this.prefix.length === this.#codes.length;
  }

  /** Whether the whole of `key` matches. */
  matches(key: string): boolean {
    const codes = this.#codes;
    let at = 0;
    let next = 0;
    let starNext = -1;
    let starAt = 0;
    while (at < key.length) {
      const code = codes[next];
      if (code === ANY) {
        starNext = ++next;
        starAt = at;
      } else if (code === ONE || code === key.charCodeAt(at)) {
        next += 1;
        at += 1;
      } else if (starNext !== -1) {
        next = starNext;
        at = ++starAt;
      } else {
        return false;
      }
    }
    while (codes[next] === ANY) next += 1;
    return next === codes.length;
  }
}

/** Takes the characters of a text that are special in a pattern as they are. */
export function escapePattern(text: string): string {
  return text.replace(/[*?\\]/g, '\\$&');
}

function compile(text: string): number[] {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '*') {
      if (codes.at(-1) !== ANY) codes.push(ANY);
    } else if (char === '?') {
      codes.push(ONE);
    } else {
      if (char === '\\') at += 1;
      if (at === text.length) throw new PatternError('The pattern ends in a lone backslash; write "\\\\" for a backslash');
      codes.push(text.charCodeAt(at));
    }
  }
  return codes;
}

function unitsOf(text: string): number[] {
  return Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}
