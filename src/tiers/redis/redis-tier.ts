import type { SealedEntry } from '../../entry/entry.ts';
import { sealTombstone } from '../../entry/envelope.ts';
import type { Pattern } from '../../entry/pattern.ts';
import { toBytes } from '../../entry/size.ts';
import type { Version } from '../../entry/version.ts';
import { assertNames, type CacheError, ClosedError, ConfigError } from '../../errors.ts';
import { withDeadline } from '../../guard/deadline.ts';
import { openRedis } from '../../redis/open-redis.ts';
import type { RedisConnection, RedisListener } from '../../redis/redis-connection.ts';
import { assertWarned, prefixOf, resolveRedis, targetText } from '../../redis/redis-options.ts';
import type { Clock } from '../../time/clock.ts';
import { toMs } from '../../time/duration.ts';
import type { Answer } from '../answer.ts';
import type { Leases } from '../leases.ts';
import type { RemoteTier } from '../remote-tier.ts';
import { EntryReads } from './entry-reads.ts';
import { EntryWrites } from './entry-writes.ts';
import { LargeValues } from './large-values.ts';
import { RedisLayout } from './redis-layout.ts';
import { RedisLeases } from './redis-leases.ts';
import { asTierError, NAME } from './redis-parts.ts';
import { scanEntries } from './redis-scan.ts';
import { REDIS_TIER_OPTIONS, type RedisStats, type RedisTierOptions, type RedisWarning } from './redis-tier-options.ts';

/** Redis ends a connection that sends more. */
const REDIS_MAX_BYTES = 512 * 1_024 * 1_024;

/** What was asked for before a close has so long to end. */
const CLOSE_DEADLINE_MS = 1_000;

/** Entries in Redis, shared by a fleet: one server, a master watched by Sentinels, or a cluster. */
export function redis(options: RedisTierOptions = {}): RedisTier {
  return new RedisTier(options);
}

/**
 * A remote tier in Redis.
 *
 * It is there at once and connects in the background, for ever; while there is no
 * connection every call is refused at once, and nothing is kept for later. Which
 * of two entries stays is decided in Redis, so writes may come late or twice.
 */
export class RedisTier implements RemoteTier {
  readonly name: string = NAME;
  readonly reach = 'fleet';
  readonly leases: Leases;
  readonly #clock: Clock;
  readonly #tombstoneMs: number;
  readonly #layout: RedisLayout;
  readonly #connection: RedisConnection;
  readonly #large: LargeValues;
  readonly #reads: EntryReads;
  readonly #writes: EntryWrites;
  #closing: Promise<void> | undefined;

  /** @throws ConfigError when the options name no Redis, or one of them cannot be used. */
  constructor(options: RedisTierOptions = {}) {
    assertNames(options, REDIS_TIER_OPTIONS, 'redis');
    assertWarned(options.onWarning);
    const setting = resolveRedis(options);
    this.#clock = setting.clock;
    this.#tombstoneMs = toMs(options.tombstoneFor ?? '5m', 'tombstoneFor');
    this.#layout = new RedisLayout(prefixOf(options.prefix));
    const maxValueBytes = toBytes(options.maxValueBytes ?? '64mb', 'maxValueBytes');
    if (maxValueBytes > REDIS_MAX_BYTES) throw new ConfigError('`maxValueBytes` is above 512mb, and Redis takes no longer value');
    this.#connection = openRedis(setting, statusWarnings(targetText(setting.target), options.onWarning));
    this.#large = new LargeValues(setting, this.#layout);
    const parts = { connection: this.#connection, layout: this.#layout, large: this.#large, clock: this.#clock };
    this.#reads = new EntryReads(parts);
    this.#writes = new EntryWrites(parts, maxValueBytes);
    this.leases = new RedisLeases(
      this.#connection,
      (key) => this.#layout.leaseKey(key),
      () => this.#assertOpen(),
    );
  }

  get isUp(): boolean {
    return this.#closing === undefined && this.#connection.isReady;
  }

  get stats(): RedisStats {
    const { isReady, reconnects } = this.#connection;
    return { isConnected: isReady && this.#closing === undefined, reconnects, ...this.#reads.counts, ...this.#writes.counts };
  }

  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]> {
    if (this.#closing !== undefined) return Promise.reject(new ClosedError());
    return keys.length === 0 ? [] : this.#reads.read(keys);
  }

  async setMany(entries: readonly SealedEntry[]): Promise<boolean[]> {
    this.#assertOpen();
    return this.#writes.write(entries);
  }

  async deleteMany(keys: readonly string[], version: Version): Promise<void> {
    this.#assertOpen();
    const deadAt = this.#clock.now() + this.#tombstoneMs;
    await this.#writes.bury(keys.map((key) => sealTombstone(key, version, deadAt)));
  }

  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    this.#assertOpen();
    try {
      for await (const keys of scanEntries(this.#connection, this.#layout, pattern)) {
        yield keys;
        this.#assertOpen();
      }
    } catch (cause) {
      throw this.#errorOf(cause);
    }
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    await this.#writes.settled();
  }

  /** Ends the connections when what was asked for has its answer, or after a second. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await withDeadline(this.#writes.settled(), CLOSE_DEADLINE_MS, this.#clock, () => new Error('late')).catch(() => {});
    await Promise.all([this.#connection[Symbol.asyncDispose](), this.#large[Symbol.asyncDispose]()]);
  }

  #errorOf(cause: unknown): CacheError {
    return this.#closing === undefined ? asTierError(cause) : new ClosedError();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError();
  }
}

/** Tells of each change once. */
function statusWarnings(where: string, onWarning: RedisTierOptions['onWarning']): RedisListener {
  const tell = onWarning ?? ((warning: RedisWarning) => process.emitWarning(warning.message, 'TiercelWarning'));
  let isDown = false;
  return {
    connected: () => {
      if (isDown) tell({ kind: 'connected', message: `Redis (${where}) is connected` });
      isDown = false;
    },
    disconnected: (reason) => {
      if (!isDown) tell({ kind: 'disconnected', message: `Redis (${where}) is not connected: ${reason}` });
      isDown = true;
    },
  };
}
