import { TierOpenError, textOf } from '../../errors.ts';
import { TierCounters } from '../../telemetry/counters.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';

/** Counts and tells what goes wrong with a remote tier. */
export class TierReport {
  readonly counters: TierCounters = new TierCounters();
  readonly #telemetry: Telemetry;
  readonly #tier: string;

  constructor(telemetry: Telemetry, tier: string) {
    this.#telemetry = telemetry;
    this.#tier = tier;
  }

  /** Bytes were handed back that must not be used. */
  refused(key: string, reason: string): void {
    this.counters.refused += 1;
    this.#tell('open', `${reason} under ${key}`);
  }

  /** A value could not be turned into bytes, and stays in memory alone. */
  unsealable(key: string, error: unknown): void {
    this.counters.writeErrors += 1;
    this.#tell('seal', `${textOf(error)}, under ${key}`, error);
  }

  /** A read failed. */
  readFailed(error: unknown): void {
    this.counters.errors += 1;
    this.failed('getMany', error);
  }

  /** A write failed. */
  writeFailed(call: string, error: unknown): void {
    this.counters.writeErrors += 1;
    this.failed(call, error);
  }

  /** A call failed. That the breaker is open was told when it opened. */
  failed(call: string, error: unknown): void {
    if (!(error instanceof TierOpenError)) this.#tell(call, textOf(error), error);
  }

  #tell(call: string, reason: string, error?: unknown): void {
    if (!this.#telemetry.wants('tier')) return;
    const event = { cache: this.#telemetry.cache, tier: this.#tier, call, reason };
    this.#telemetry.tell('tier', error === undefined ? event : { ...event, error });
  }
}
