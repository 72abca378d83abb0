import type { Codec } from '../../entry/codec/codec.ts';
import { builtInCodecs } from '../../entry/codec/codecs.ts';
import { jsonCodec } from '../../entry/codec/json-codec.ts';
import { type Entry, isFresh, type SealedEntry, shifted } from '../../entry/entry.ts';
import { open, seal } from '../../entry/envelope.ts';
import { DEFAULT_MAX_PLAIN_BYTES, type SealOptions } from '../../entry/envelope-payload.ts';
import { keyPrefix } from '../../entry/key.ts';
import type { KeyRing } from '../../entry/key-ring.ts';
import { stampTime, type Version, type VersionClock } from '../../entry/version.ts';
import type { NamespaceTelemetry } from '../../telemetry/namespace-telemetry.ts';
import type { Clock } from '../../time/clock.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import type { RemoteMarks } from './remote-marks.ts';
import type { SafeTier } from './safe-tier.ts';

const NONE: readonly number[] = [];

/** Another process's wall clock may be ahead of ours by this much; an entry from further ahead is not used. */
const MAX_CLOCK_SKEW_MS = 5_000;

/**
 * The passage of entries between this process and bytes: full keys for
 * arguments, the wall clock for the monotonic one, envelopes for values.
 */
export class Sealing {
  readonly #telemetry: NamespaceTelemetry;
  readonly #clock: Clock;
  readonly #versions: VersionClock;
  readonly #maxValueBytes: number;
  /** Others may send larger values than this process: they are taken all the same. */
  readonly #maxPlainBytes: number;
  readonly #keys: KeyRing | undefined;

  /** @param keys encrypt the values of sensitive kinds. */
  constructor(telemetry: NamespaceTelemetry, clock: Clock, versions: VersionClock, maxValueBytes: number, keys: KeyRing | undefined) {
    this.#telemetry = telemetry;
    this.#clock = clock;
    this.#versions = versions;
    this.#maxValueBytes = maxValueBytes;
    this.#maxPlainBytes = Math.max(maxValueBytes, DEFAULT_MAX_PLAIN_BYTES);
    this.#keys = keys;
  }

  /** Names this process where it takes a lease. */
  get holder(): string {
    return this.#versions.origin.toString(36);
  }

  fullKey(plan: { readonly name: string }, text: string): string {
    return keyPrefix(this.#telemetry.namespace, plan.name) + text;
  }

  /** @throws ValueError when the codec cannot keep the value, or it is too large. */
  seal<K, V>(plan: KindPlan<K, V>, entry: Entry<V>): SealedEntry {
    const { codec, compressing, maxValueBytes, isSensitive } = plan;
    return this.#seal(this.fullKey(plan, entry.key), shifted(entry, this.#wallAhead()), codec, {
      compression: compressing.compression,
      compressFromBytes: compressing.fromBytes,
      maxValueBytes: maxValueBytes ?? this.#maxValueBytes,
      isSensitive,
      keys: this.#keys,
    });
  }

  sealMark(marks: RemoteMarks, key: string, version: Version, earlier: readonly number[] = []): SealedEntry {
    return this.#seal(key, marks.entry(key, version, this.#clock.now(), earlier), jsonCodec, {});
  }

  /**
   * The entry in `bytes`, on the monotonic clock; `undefined` when it is dead or
   * must not be used, which the tier is told. The remaining lifetime is never
   * more than the whole, so that a wall clock set back makes nothing immortal.
   */
  open<K, V>(tier: SafeTier, plan: KindPlan<K, V>, text: string, bytes: Uint8Array): Entry<V> | undefined {
    const key = this.fullKey(plan, text);
    const opened = open(bytes, key, plan.codecs, {
      maxPlainBytes: plan.maxValueBytes ?? this.#maxPlainBytes,
      isSensitive: plan.isSensitive,
      keys: this.#keys,
    });
    if (typeof opened === 'string') {
      this.refused(tier, opened, plan, text);
      return undefined;
    }
    this.#versions.observe(opened.version.stamp);
    const wallNow = this.#clock.now();
    const aheadMs = opened.askedAt - wallNow;
    if (aheadMs > MAX_CLOCK_SKEW_MS) {
      this.refused(tier, 'future', plan, text);
      return undefined;
    }
    const now = this.#clock.monotonic();
    const ms = now - wallNow - Math.max(0, aheadMs);
    if (opened.deadAt + ms <= now) return undefined;
    // It was made a moment ago and is nobody else's: to move it costs a third of a copy.
    const entry = opened as { -readonly [Field in keyof Entry<V>]: Entry<V>[Field] };
    entry.key = text;
    entry.askedAt += ms;
    entry.staleAt += ms;
    entry.deadAt += ms;
    return entry;
  }

  /** The stamps of a mark, oldest first; `undefined` where there is one that cannot be read. */
  stampsOf(tier: SafeTier, key: string, bytes: Uint8Array | undefined): readonly number[] | undefined {
    if (!bytes) return NONE;
    const opened = open(bytes, key, builtInCodecs);
    if (typeof opened === 'string') {
      this.refused(tier, opened);
      return undefined;
    }
    this.#versions.observe(opened.version.stamp);
    return opened.tags.length === 0 ? [opened.version.stamp] : [...opened.tags.map(Number), opened.version.stamp];
  }

  /** A tier handed back bytes that must not be used. @param plan `undefined`, as `text`, where they should be a mark. */
  refused(tier: SafeTier, reason: string, plan?: { readonly name: string }, text?: string): void {
    tier.report.refused(this.#telemetry, reason, plan?.name, text);
  }

  /** A value cannot be turned into bytes for a tier. */
  unsealable(tier: SafeTier, plan: { readonly name: string }, text: string, error: unknown): void {
    tier.report.unsealable(this.#telemetry, plan.name, text, error);
  }

  /** A version for what is written now. */
  version(): Version {
    return { stamp: this.#versions.next(), origin: this.#versions.origin };
  }

  isFresh(entry: Entry): boolean {
    return isFresh(entry, this.#clock.monotonic());
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  /** When a stamp was taken, on the monotonic clock, and no later than now. */
  instantOf(stamp: number): number {
    return Math.min(stampTime(stamp) - this.#wallAhead(), this.#clock.monotonic());
  }

  #seal(key: string, entry: Entry, codec: Codec, options: SealOptions): SealedEntry {
    this.#versions.observe(entry.version.stamp);
    return seal({ ...entry, key }, codec, options);
  }

  #wallAhead(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}
