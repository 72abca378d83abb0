import { textOf } from '../../errors.ts';
import { tellsRefusal } from './outbox.ts';
import type { RedisBusOptions, RedisBusWarning } from './redis-bus-options.ts';

/** Tells an operator what a bus over Redis runs into, each thing once until it changes, or things were well. */
export class WarningDesk {
  readonly #bus: string;
  readonly #tell: (warning: RedisBusWarning) => void;
  #refusal = '';
  #isClosed = false;

  constructor(bus: string, onWarning: RedisBusOptions['onWarning']) {
    this.#bus = bus;
    this.#tell = onWarning ?? (({ message }) => process.emitWarning(message, 'TiercelWarning'));
  }

  /** Something failed: a refusal of Redis is warned of, an outage is not. */
  failed(reason: string): void {
    if (!tellsRefusal(reason) || reason === this.#refusal) return;
    this.#refusal = reason;
    this.#warn({ kind: 'refused', message: `Bus "${this.#bus}": ${reason}` });
  }

  /** Redis took a message. */
  succeeded(): void {
    this.#refusal = '';
  }

  logLost(key: string): void {
    const message = `Bus "${this.#bus}": its log, ${key}, was deleted, flushed or evicted; keep it from that, or what is missed cannot be told again`;
    this.#warn({ kind: 'log-lost', message });
  }

  close(): void {
    this.#isClosed = true;
  }

  #warn(warning: RedisBusWarning): void {
    if (this.#isClosed) return;
    try {
      this.#tell(warning);
    } catch (error) {
      process.emitWarning(`An observer of bus "${this.#bus}" threw: ${textOf(error)}`, 'TiercelWarning');
    }
  }
}
