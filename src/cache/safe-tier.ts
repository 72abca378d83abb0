import type { SealedEntry } from '../entry/entry.ts';
import type { Pattern } from '../entry/pattern.ts';
import type { Version } from '../entry/version.ts';
import { TierOpenError } from '../errors.ts';
import { TierCounters } from '../telemetry/counters.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Answer } from '../tiers/answer.ts';
import type { RemoteTier } from '../tiers/remote-tier.ts';

/**
 * A remote tier as the cache sees it: one that never throws. What fails is
 * counted and told, and reads as nothing found, for a cache that is down is a
 * slow source, never an error.
 */
export class SafeTier {
  readonly counters: TierCounters = new TierCounters();
  readonly #tier: RemoteTier;
  readonly #telemetry: Telemetry;

  constructor(tier: RemoteTier, telemetry: Telemetry) {
    this.#tier = tier;
    this.#telemetry = telemetry;
  }

  get name(): string {
    return this.#tier.name;
  }

  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]> {
    try {
      const answer = this.#tier.getMany(keys);
      return answer instanceof Promise ? answer.catch((error) => this.#readFailed(error, keys)) : answer;
    } catch (error) {
      return this.#readFailed(error, keys);
    }
  }

  /** In order, whether each was stored: `false` when a newer one is there, `undefined` when the tier failed. */
  async setMany(entries: readonly SealedEntry[]): Promise<readonly (boolean | undefined)[]> {
    if (entries.length === 0) return [];
    this.counters.writes += entries.length;
    return (await this.#attempt('setMany', () => this.#tier.setMany(entries))) ?? entries.map(() => undefined);
  }

  async deleteMany(keys: readonly string[], version: Version): Promise<void> {
    if (keys.length > 0) await this.#attempt('deleteMany', () => this.#tier.deleteMany(keys, version));
  }

  /** The keys that match, as many as could be read. */
  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    try {
      yield* this.#tier.scan(pattern);
    } catch (error) {
      this.#failed('scan', error);
    }
  }

  async flush(): Promise<void> {
    await this.#attempt('flush', () => this.#tier.flush());
  }

  async close(): Promise<void> {
    await this.#attempt('close', async () => this.#tier[Symbol.asyncDispose]());
  }

  /** Bytes were handed back that must not be used. */
  refused(key: string, reason: string): void {
    this.counters.refused += 1;
    this.#tell('open', `${reason} under ${key}`);
  }

  /** A value could not be turned into bytes, and stays in memory alone. */
  unsealable(key: string, error: unknown): void {
    this.counters.writeErrors += 1;
    this.#tell('seal', `${error instanceof Error ? error.message : String(error)}, under ${key}`, error);
  }

  /** What `check` makes of a stored value; nothing, and a refusal, when it throws or finds it wanting. */
  checked<T>(key: string, check: () => Answer<T | undefined>): Answer<T | undefined> {
    const judge = (value: T | undefined): T | undefined => {
      if (value === undefined) this.refused(key, 'schema');
      return value;
    };
    const failed = (): undefined => judge(undefined) as undefined;
    try {
      const answer = check();
      return answer instanceof Promise ? answer.then(judge).catch(failed) : judge(answer);
    } catch {
      return failed();
    }
  }

  async #attempt<T>(call: string, action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.counters.writeErrors += 1;
      this.#failed(call, error);
      return undefined;
    }
  }

  #readFailed(error: unknown, keys: readonly string[]): undefined[] {
    this.counters.errors += 1;
    this.#failed('getMany', error);
    return keys.map(() => undefined);
  }

  /** That the breaker is open was told when it opened. */
  #failed(call: string, error: unknown): void {
    if (!(error instanceof TierOpenError)) this.#tell(call, error instanceof Error ? error.message : String(error), error);
  }

  #tell(call: string, reason: string, error?: unknown): void {
    if (!this.#telemetry.wants('tier')) return;
    const event = { cache: this.#telemetry.cache, tier: this.name, call, reason };
    this.#telemetry.tell('tier', error === undefined ? event : { ...event, error });
  }
}
