import { TierOpenError } from '../../errors.ts';
import { TierCounters } from '../../telemetry/counters.ts';
import type { TierEvent } from '../../telemetry/events.ts';
import type { NamespaceTelemetry } from '../../telemetry/namespace-telemetry.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

/** What a tier was asked to do when it failed. */
export type TierCall = Extract<TierEvent, { readonly what: 'failed' }>['call'];

/** Counts and tells what goes wrong with a remote tier. */
export class TierReport {
  readonly counters: TierCounters = new TierCounters();
  readonly #telemetry: Telemetry;
  readonly #tier: string;

  constructor(telemetry: Telemetry, tier: string) {
    this.#telemetry = telemetry;
    this.#tier = tier;
  }

  /** Bytes were handed back to a namespace that must not be used. @param kind `undefined`, as `key`, for what is no entry. */
  refused(telemetry: NamespaceTelemetry, reason: string, kind: string | undefined, key: string | undefined): void {
    this.counters.refused += 1;
    if (!telemetry.wants('tier')) return;
    const { cache, namespace } = telemetry;
    telemetry.tell('tier', { cache, namespace, tier: this.#tier, what: 'refused', reason, kind, key });
  }

  /** A value could not be turned into bytes, and stays in memory alone. */
  unsealable(telemetry: NamespaceTelemetry, kind: string, key: string, error: unknown): void {
    this.counters.writeErrors += 1;
    if (!telemetry.wants('tier')) return;
    const { cache, namespace } = telemetry;
    telemetry.tell('tier', { cache, namespace, tier: this.#tier, what: 'unsealable', kind, key, error });
  }

  /** A read failed. */
  readFailed(error: unknown): void {
    this.counters.errors += 1;
    this.failed('getMany', error);
  }

  /** A write failed. */
  writeFailed(call: TierCall, error: unknown): void {
    this.counters.writeErrors += 1;
    this.failed(call, error);
  }

  /** A call failed. That the breaker is open was told when it opened. */
  failed(call: TierCall, error: unknown): void {
    if (error instanceof TierOpenError || !this.#telemetry.wants('tier')) return;
    this.#telemetry.tell('tier', { cache: this.#telemetry.cache, tier: this.#tier, what: 'failed', call, error });
  }
}
