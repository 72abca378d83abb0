import { textOf } from '../../errors.ts';
import type { BusState } from '../news.ts';

/** How a process stands with the others on its bus, and the telling of it when that changes. */
export class Standing {
  state: BusState = 'starting';
  /** Why it is not live; empty when it is. */
  reason = 'not connected yet';
  readonly #bus: string;
  readonly #onChange: (state: BusState, reason: string) => void;

  constructor(bus: string, onChange: (state: BusState, reason: string) => void) {
    this.#bus = bus;
    this.#onChange = onChange;
  }

  become(state: BusState, reason: string): void {
    if (state === this.state && reason === this.reason) return;
    this.state = state;
    this.reason = reason;
    try {
      this.#onChange(state, reason);
    } catch (error) {
      process.emitWarning(`An observer of bus "${this.#bus}" threw: ${textOf(error)}`, 'TiercelWarning');
    }
  }
}
