/**
 * The core of Tiercel: caches of kinds of data, in memory and in the tiers beyond.
 *
 * @packageDocumentation
 */

export type { Comparison, Contender } from './analytics/ghost-runs.ts';
export type { Curve } from './analytics/part-curves.ts';
export type { CurvePoint } from './analytics/reuse-curve.ts';
export type { Bus, BusListener, BusMark, Reach } from './bus/bus.ts';
export type { CoherenceOptions } from './bus/coherence-options.ts';
export { BusHub, type BusHubOptions } from './bus/in-process/bus-hub.ts';
export { type InProcessBusOptions, inProcessBus } from './bus/in-process/in-process-bus.ts';
export type { OutboundCounts } from './bus/link/outbound-counts.ts';
export type { BusState, BusStats } from './bus/news.ts';
export { Batch } from './cache/batch.ts';
export { Cache, type CacheOf } from './cache/cache.ts';
export { cached, type Method, type Source } from './cache/cached.ts';
export type { Explanation, TierExplanation } from './cache/explanation.ts';
export type { Health, HealthStatus } from './cache/health.ts';
export type { Selector } from './cache/invalidation/selector.ts';
export {
  type CompressionName,
  type CompressionOptions,
  type Isolation,
  type Kind,
  type KindOptions,
  type Kinds,
  kind,
} from './cache/kind/kind.ts';
export { type Loaded, type LoadedOptions, loaded } from './cache/kind/loaded.ts';
export type { LoadContext, Loader, ManyAnswers, ManyLoadContext, ManyLoader } from './cache/kind/loader.ts';
export { KindCache } from './cache/kind-cache.ts';
export type { Memory } from './cache/memory.ts';
export { Namespace, type NamespaceOf, type NoKinds } from './cache/namespace.ts';
export type { EntryInfo } from './cache/reading/entry-info.ts';
export type { ReadOptions } from './cache/reading/freshness.ts';
export type { Outcome } from './cache/reading/reading.ts';
export type { CacheStats, KindStats, TierStats } from './cache/stats.ts';
export type { WriteOptions } from './cache/write-options.ts';
export { type CacheOptions, createCache } from './create-cache.ts';
export type { EncryptionKey, KeySource } from './entry/cipher-keys.ts';
export { binaryCodec } from './entry/codec/binary-codec.ts';
export type { Codec } from './entry/codec/codec.ts';
export { jsonCodec } from './entry/codec/json-codec.ts';
export { type Tensor, tensor } from './entry/codec/tensor.ts';
export type { TypedArray } from './entry/codec/typed-array.ts';
export type { SealedEntry } from './entry/entry.ts';
export type { KeyArgument } from './entry/key.ts';
export { type KeyRing, type KeyRingOptions, type KeyUsage, keyRing } from './entry/key-ring.ts';
export { escapePattern, Pattern } from './entry/pattern.ts';
export type { Size } from './entry/size.ts';
export type { Version } from './entry/version.ts';
export {
  BusError,
  CacheError,
  ClosedError,
  ConfigError,
  type ErrorCode,
  KeyError,
  LoadError,
  LoadOverloadError,
  LoadTimeoutError,
  NotFreshError,
  PatternError,
  RefusedError,
  TierError,
  TierOpenError,
  TierTimeoutError,
  ValueError,
} from './errors.ts';
export type { BreakerChange, BreakerOptions, BreakerState } from './guard/circuit-breaker.ts';
export { type AdaptiveOptions, adaptive } from './lifetime/adaptive.ts';
export { hinted } from './lifetime/hinted.ts';
export {
  fixed,
  fromValue,
  jittered,
  type Lifetime,
  type LifetimeOptions,
  type LifetimePolicy,
  type LifetimeSpec,
  type LifetimeSubject,
  type Previous,
  shortest,
} from './lifetime/lifetime.ts';
export type { EvictionReason, PolicyName } from './policy/eviction-policy.ts';
export { estimateBytes } from './policy/weigher.ts';
export type { KindCounters, TierCounters } from './telemetry/counters.ts';
export type {
  BusEvent,
  CacheEventName,
  CacheEvents,
  InvalidateEvent,
  LoadEvent,
  LoadResult,
  RemovalCause,
  RemoveEvent,
  TierEvent,
} from './telemetry/events.ts';
export type { Eviction, EvictionNeed, EvictionStats } from './telemetry/evictions.ts';
export type { CacheListener } from './telemetry/listeners.ts';
export { CHANNELS } from './telemetry/telemetry.ts';
export type { Answer } from './tiers/answer.ts';
export type { GuardOptions, TierChange } from './tiers/guarded-tier.ts';
export type { Leases } from './tiers/leases.ts';
export type { Access, LocalTierChange, LocalTierUsage, PartUsage, Share } from './tiers/local-tier.ts';
export type { MemoryOptions } from './tiers/memory/memory-options.ts';
export type { RemoteTier } from './tiers/remote-tier.ts';
export type { Cancel, Clock } from './time/clock.ts';
export type { Duration } from './time/duration.ts';
