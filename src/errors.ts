/**
 * Every error that Tiercel throws, and the stable code of each.
 *
 * @packageDocumentation
 */

/** What went wrong, for programs: stable across releases. */
export type ErrorCode =
  | 'ERR_CONFIG'
  | 'ERR_KEY'
  | 'ERR_PATTERN'
  | 'ERR_VALUE'
  | 'ERR_LOAD'
  | 'ERR_LOAD_TIMEOUT'
  | 'ERR_LOAD_OVERLOAD'
  | 'ERR_REFUSED'
  | 'ERR_NOT_FRESH'
  | 'ERR_TIER'
  | 'ERR_TIER_TIMEOUT'
  | 'ERR_TIER_OPEN'
  | 'ERR_BUS'
  | 'ERR_CLOSED';

/** Every error this package throws. `code` is for programs, `message` for people. */
export abstract class CacheError extends Error {
  abstract readonly code: ErrorCode;
  /** Whether the same call may succeed when it is made again, unchanged. */
  abstract readonly retryable: boolean;
}

/** An option or a setting that cannot be used. */
export class ConfigError extends CacheError {
  override readonly name = 'ConfigError';
  readonly code = 'ERR_CONFIG';
  readonly retryable = false;
}

/** A key that cannot be kept: too long, or with control characters. */
export class KeyError extends CacheError {
  override readonly name = 'KeyError';
  readonly code = 'ERR_KEY';
  readonly retryable = false;
}

/** A glob pattern that is refused, so that matching stays linear. */
export class PatternError extends CacheError {
  override readonly name = 'PatternError';
  readonly code = 'ERR_PATTERN';
  readonly retryable = false;
}

/** A value that a codec cannot keep as it is; `path` leads to the part at fault. */
export class ValueError extends CacheError {
  override readonly name = 'ValueError';
  readonly code = 'ERR_VALUE';
  readonly retryable = false;
  /** From the value to the part at fault: `$.bars[3].time`. */
  readonly path: string;

  constructor(message: string, path: string, options?: ErrorOptions) {
    super(`${message} (at ${path})`, options);
    this.path = path;
  }
}

/** A value that its kind does not believe, by what `refuse` said of it; what was there before stays. */
export class RefusedError extends CacheError {
  override readonly name = 'RefusedError';
  readonly code = 'ERR_REFUSED';
  /** The source may answer better the next time. */
  readonly retryable = true;
  readonly key: string;
  readonly reason: string;

  constructor(key: string, reason: string) {
    super(`The value of "${key}" was refused: ${reason}`);
    this.key = key;
    this.reason = reason;
  }
}

/** The loader failed and no stale value was allowed to stand in; `cause` is the loader's error. */
export class LoadError extends CacheError {
  override readonly name = 'LoadError';
  readonly code = 'ERR_LOAD';
  readonly retryable = true;
  readonly key: string;

  constructor(key: string, options: ErrorOptions) {
    const { cause } = options;
    super(`Loading "${key}" failed: ${textOf(cause)}`, options);
    this.key = key;
  }
}

/** The loader did not settle before its hard deadline and was aborted. */
export class LoadTimeoutError extends CacheError {
  override readonly name = 'LoadTimeoutError';
  readonly code = 'ERR_LOAD_TIMEOUT';
  readonly retryable = true;
  readonly key: string;
  readonly timeoutMs: number;

  constructor(key: string, timeoutMs: number) {
    super(`Loading "${key}" took longer than ${timeoutMs} ms and was aborted; raise \`deadline\` if the source needs more`);
    this.key = key;
    this.timeoutMs = timeoutMs;
  }
}

/** Too many loads of one kind wait for their turn. */
export class LoadOverloadError extends CacheError {
  override readonly name = 'LoadOverloadError';
  readonly code = 'ERR_LOAD_OVERLOAD';
  readonly retryable = true;

  constructor(kind: string, queuedCount: number) {
    super(`${queuedCount} loads of kind "${kind}" are waiting already; raise \`maxQueuedLoads\` or ask less at once`);
  }
}

/** The entry there is does not meet the freshness the reader asked for. */
export class NotFreshError extends CacheError {
  override readonly name = 'NotFreshError';
  readonly code = 'ERR_NOT_FRESH';
  readonly retryable = true;
  readonly key: string;
  /** Milliseconds since the value was asked for from its source. */
  readonly ageMs: number;

  constructor(key: string, ageMs: number, demand: string, options?: ErrorOptions) {
    super(`The value of "${key}" is ${Math.round(ageMs)} ms old, and the reader asked for ${demand}`, options);
    this.key = key;
    this.ageMs = ageMs;
  }
}

/** A tier failed; the cache goes on without it. */
export class TierError extends CacheError {
  override readonly name = 'TierError';
  readonly code = 'ERR_TIER';
  readonly retryable = true;
  readonly tier: string;

  constructor(tier: string, message: string, options?: ErrorOptions) {
    super(`Tier "${tier}": ${message}`, options);
    this.tier = tier;
  }
}

/** A tier did not answer in time; the cache goes on without it. */
export class TierTimeoutError extends CacheError {
  override readonly name = 'TierTimeoutError';
  readonly code = 'ERR_TIER_TIMEOUT';
  readonly retryable = true;
  readonly tier: string;
  readonly timeoutMs: number;

  constructor(tier: string, timeoutMs: number, options?: ErrorOptions) {
    super(`Tier "${tier}" gave no answer within ${timeoutMs} ms`, options);
    this.tier = tier;
    this.timeoutMs = timeoutMs;
  }
}

/** The breaker before a tier is open: the tier was not asked. */
export class TierOpenError extends CacheError {
  override readonly name = 'TierOpenError';
  readonly code = 'ERR_TIER_OPEN';
  readonly retryable = true;
  readonly tier: string;

  constructor(tier: string) {
    super(`Tier "${tier}" failed too often and is left alone until its next probe`);
    this.tier = tier;
  }
}

/** The bus failed; what was to be sent waits, and memory is trusted for a short while only. */
export class BusError extends CacheError {
  override readonly name = 'BusError';
  readonly code = 'ERR_BUS';
  readonly retryable = true;
  readonly bus: string;

  constructor(bus: string, message: string, options?: ErrorOptions) {
    super(`Bus "${bus}": ${message}`, options);
    this.bus = bus;
  }
}

/** The cache was closed before the call. */
export class ClosedError extends CacheError {
  override readonly name = 'ClosedError';
  readonly code = 'ERR_CLOSED';
  readonly retryable = false;

  constructor() {
    super('The cache is closed; create a new one');
  }
}

/**
 * Throws unless `options` is an object with known names alone: what is misspelt
 * would be passed over without a word. Text in the place of options is not told: it may be an address with a password.
 *
 * @param what names the options in the error: `memory`, `kinds.quote`.
 */
export function assertNames(options: unknown, known: Readonly<Record<string, true>>, what: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const given = typeof options === 'string' ? 'text' : Array.isArray(options) ? 'a list' : textOf(options);
    throw new ConfigError(`\`${what}\` is ${given}; give an object with ${Object.keys(known).join(', ')}`);
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw new ConfigError(`\`${what}\` knows no "${name}"; there are ${Object.keys(known).join(', ')}`);
  }
}

/** Throws unless an option is true or false: text would pass for true, whatever it says. */
export function assertFlag(value: unknown, name: string): void {
  if (typeof value !== 'boolean') throw new ConfigError(`\`${name}\` is ${textOf(value)}; give true or false`);
}

/** The text of whatever was thrown; some things have none, and asking them throws. */
export function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return `a ${typeof thrown} without text`;
  }
}
