import type { StandardSchemaV1 } from '@standard-schema/spec';
import { binaryCodec } from '../../entry/codec/binary-codec.ts';
import type { Codec } from '../../entry/codec/codec.ts';
import { type Codecs, codecsWith } from '../../entry/codec/codecs.ts';
import { jsonCodec } from '../../entry/codec/json-codec.ts';
import { assertKindName, type KeyArgument } from '../../entry/key.ts';
import { toBytes } from '../../entry/size.ts';
import { assertFlag, assertNames, ConfigError } from '../../errors.ts';
import { fixed, type LifetimePolicy, type LifetimeSpec, type LifetimeSubject, MAX_LIFETIME_MS, toPolicy } from '../../lifetime/lifetime.ts';
import type { Share } from '../../tiers/local-tier.ts';
import { toMs } from '../../time/duration.ts';
import { type Compressing, compressingBy } from './compressing.ts';
import { type Isolate, isolateBy } from './isolation.ts';
import type { KindOptions } from './kind.ts';
import type { Loader, ManyLoader } from './loader.ts';

/** A kind's options, checked and resolved once: nothing is parsed or merged when a value is read. */
export interface KindPlan<K, V> {
  readonly name: string;
  readonly lifetime: LifetimePolicy<K, V>;
  readonly negativeMs: number;
  readonly load: Loader<K, V> | undefined;
  readonly loadMany: ManyLoader<K, V> | undefined;
  readonly batchSize: number;
  readonly order: ((value: V) => number) | undefined;
  readonly tags: ((key: K, value: V) => readonly string[]) | undefined;
  readonly isFinal: ((value: V) => boolean) | undefined;
  readonly refuse: ((value: V, subject: LifetimeSubject<K, V>) => string | undefined) | undefined;
  readonly softDeadlineMs: number;
  readonly deadlineMs: number;
  readonly refreshAhead: number;
  readonly earlyRefresh: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxConcurrentLoads: number;
  readonly maxQueuedLoads: number;
  readonly isolate: Isolate<V>;
  readonly weigh: ((value: V) => number) | undefined;
  /** Writes values. */
  readonly codec: Codec;
  /** Read values: those written before the codec was changed, too. */
  readonly codecs: Codecs;
  readonly compressing: Compressing;
  /** Sent and taken; `undefined` for what the cache says. */
  readonly maxValueBytes: number | undefined;
  readonly isSensitive: boolean;
  readonly isRemote: boolean;
  readonly isCoherent: boolean;
  /** Whether memory keeps its entries for as long as they live. */
  readonly isProtected: boolean;
  /** Its part of memory; `undefined` for the one that the rest share. */
  readonly share: Share | undefined;
  readonly isPushed: boolean;
  readonly isLeased: boolean;
  readonly schema: StandardSchemaV1<unknown, V> | undefined;
  readonly migrate: ((stored: unknown) => V | undefined) | undefined;
}

const OPTIONS = {
  lifetime: true,
  negativeTtl: true,
  load: true,
  loadMany: true,
  batchSize: true,
  order: true,
  tags: true,
  isFinal: true,
  refuse: true,
  softDeadline: true,
  deadline: true,
  refreshAhead: true,
  earlyRefresh: true,
  backoff: true,
  maxBackoff: true,
  maxConcurrentLoads: true,
  maxQueuedLoads: true,
  isolation: true,
  protect: true,
  share: true,
  weigh: true,
  codec: true,
  compression: true,
  maxValueBytes: true,
  sensitive: true,
  remote: true,
  bus: true,
  push: true,
  lease: true,
  schema: true,
  migrate: true,
} as const satisfies Record<keyof KindOptions<string, unknown>, true>;

const CODECS: Readonly<Record<string, Codec>> = { binary: binaryCodec, json: jsonCodec };

/**
 * Resolves the options of the kind `name`.
 *
 * @param lifetime what the cache gives kinds that have no lifetime of their own.
 * @throws ConfigError naming the option at fault.
 */
export function planKind<K extends KeyArgument, V>(name: string, options: KindOptions<K, V>, lifetime: LifetimeSpec<K, V>): KindPlan<K, V> {
  if (name !== '') assertKindName(name);
  assertNames(options, OPTIONS, name === '' ? 'plain' : `kinds.${name}`);
  const at = (option: string): string => (name === '' ? option : `kinds.${name}.${option}`);
  const codec = typeof options.codec === 'object' ? options.codec : CODECS[options.codec ?? 'binary'];
  if (!codec || typeof codec !== 'object')
    throw new ConfigError(`\`${at('codec')}\` is "${String(options.codec)}"; give 'binary', 'json' or a codec`);
  if (
    typeof options.codec === 'object' &&
    !(Number.isInteger(codec.id) && codec.id >= 16 && codec.id <= 255) &&
    codec !== binaryCodec &&
    codec !== jsonCodec
  )
    throw new ConfigError(`\`${at('codec')}\` has the id ${codec.id}; give a whole number from 16 to 255`);
  return Object.freeze({
    name,
    lifetime: toPolicy(options.lifetime ?? lifetime, at('lifetime')),
    negativeMs: Math.min(MAX_LIFETIME_MS, toMs(options.negativeTtl ?? 1_000, at('negativeTtl'))),
    load: options.load,
    loadMany: options.loadMany,
    batchSize: count(options.batchSize ?? 100, at('batchSize')),
    order: options.order,
    tags: options.tags,
    isFinal: options.isFinal,
    refuse: options.refuse,
    softDeadlineMs: toMs(options.softDeadline ?? 200, at('softDeadline')),
    deadlineMs: toMs(options.deadline ?? 30_000, at('deadline')),
    refreshAhead: fraction(options.refreshAhead ?? 0, at('refreshAhead')),
    earlyRefresh: positive(options.earlyRefresh ?? 0, at('earlyRefresh')),
    backoffMs: toMs(options.backoff ?? 1_000, at('backoff')),
    maxBackoffMs: toMs(options.maxBackoff ?? 30_000, at('maxBackoff')),
    maxConcurrentLoads: count(options.maxConcurrentLoads ?? 64, at('maxConcurrentLoads')),
    maxQueuedLoads: positive(options.maxQueuedLoads ?? 10_000, at('maxQueuedLoads')),
    isolate: isolateBy<V>(options.isolation ?? 'reference', at('isolation')),
    weigh: options.weigh,
    codec,
    codecs: codecsWith(codec),
    compressing: compressingBy(options.compression ?? 'auto', at('compression')),
    maxValueBytes: options.maxValueBytes === undefined ? undefined : toBytes(options.maxValueBytes, at('maxValueBytes')),
    isSensitive: flag(options.sensitive ?? false, at('sensitive')),
    isRemote: flag(options.remote ?? true, at('remote')),
    isCoherent: flag(options.bus ?? true, at('bus')),
    isProtected: flag(options.protect ?? false, at('protect')),
    share: options.share === undefined ? undefined : shareOf(options.share, at('share')),
    isPushed: flag(options.push ?? false, at('push')),
    isLeased: flag(options.lease ?? false, at('lease')),
    schema: options.schema,
    migrate: options.migrate,
  });
}

/** The lifetime of values that nothing was said about: one minute. */
export const DEFAULT_LIFETIME: LifetimePolicy = fixed('1m');

function flag(value: boolean, name: string): boolean {
  assertFlag(value, name);
  return value;
}

function count(value: number, name: string): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new ConfigError(`\`${name}\` is ${value}; give a whole number from 1 up`);
}

function positive(value: number, name: string): number {
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new ConfigError(`\`${name}\` is ${value}; give a number from 0 up`);
}

/** Sums of shares are not exact. */
const TOLERANCE = 1e-9;

/** @throws ConfigError when what kinds are to have of memory at least is more than there is. */
export function assertShares(kinds: Iterable<{ readonly share?: { readonly min?: number | undefined } | undefined }>): void {
  let least = 0;
  for (const { share } of kinds) least += share?.min ?? 0;
  if (least > 1 + TOLERANCE) throw new ConfigError(`The kinds' \`share.min\` add up to ${least}; give them 1 at most together`);
}

const SHARE = { min: true, max: true } as const;

function shareOf(options: NonNullable<KindOptions<KeyArgument, unknown>['share']>, name: string): Share {
  assertNames(options, SHARE, name);
  const min = fraction(options.min ?? 0, `${name}.min`);
  const max = fraction(options.max ?? 1, `${name}.max`);
  if (min <= max && max > 0) return { min, max };
  throw new ConfigError(`\`${name}\` is from ${min} to ${max}; give a \`max\` above 0 and not below \`min\``);
}

function fraction(value: number, name: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new ConfigError(`\`${name}\` is ${value}; give a share from 0 to 1`);
}
