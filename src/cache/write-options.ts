import { assertArgument } from '../entry/key.ts';
import { assertNames, ConfigError, ValueError } from '../errors.ts';
import { checked, type Lifetime } from '../lifetime/lifetime.ts';
import { type Duration, toMs } from '../time/duration.ts';
import type { WriteOrigin } from './kind-engine.ts';

/** What a write may say of its value, instead of what the kind says. */
export interface WriteOptions {
  /** How long the value is fresh. @default the kind's lifetime */
  readonly ttl?: Duration;
  /** How long it may stand in after that. @default 0 when `ttl` is given, else the kind's */
  readonly grace?: Duration;
  /** @default the kind's tags */
  readonly tags?: readonly string[];
  /** When the value was true at its source, epoch ms. @default what the kind's `order` says */
  readonly eventAt?: number;
  /** Who told it. */
  readonly source?: string;
}

const WRITE_OPTIONS = { ttl: true, grace: true, tags: true, eventAt: true, source: true } as const satisfies Record<
  keyof WriteOptions,
  true
>;

const NO_ORIGIN: WriteOrigin = { lifetime: undefined, tags: undefined, eventAt: undefined, source: undefined };

/** What the options of a write say. @throws ConfigError naming the option at fault. */
export function originOf(options: WriteOptions | undefined): WriteOrigin {
  if (options === undefined) return NO_ORIGIN;
  assertNames(options, WRITE_OPTIONS, 'write options');
  const { ttl, grace, tags, eventAt, source } = options;
  if (tags !== undefined && !Array.isArray(tags)) throw new ConfigError(`\`tags\` is ${JSON.stringify(tags)}; give a list of texts`);
  for (const tag of tags ?? []) assertArgument(tag);
  return { lifetime: lifetimeOf(ttl, grace), tags, eventAt, source };
}

/** @throws ValueError for `undefined`. */
export function assertValue(value: unknown): void {
  if (value === undefined) throw new ValueError('`undefined` says that there is no value; use `delete`, or `null` for an empty one', '$');
}

/** The lifetime a caller gave; `undefined` for the kind's own. */
export function lifetimeOf(ttl: Duration | undefined, grace: Duration | undefined): Lifetime | undefined {
  if (ttl === undefined) {
    if (grace !== undefined) throw new ConfigError('`grace` without `ttl`; give both, or neither for the lifetime of the kind');
    return undefined;
  }
  return checked({ ttlMs: toMs(ttl, 'ttl'), graceMs: toMs(grace ?? 0, 'grace'), why: '' });
}
