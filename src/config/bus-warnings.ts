import { JOINING } from '../bus/news.ts';
import type { CacheEvents } from '../telemetry/events.ts';

/**
 * Tells in words when a service falls out of step with the others, and when it is
 * in step again: each once, however its reasons change meanwhile.
 *
 * @returns what is to hear the events of the bus.
 */
export function busWarnings(tell: (message: string) => void): (event: CacheEvents['bus']) => void {
  let isTold = false;
  return ({ bus, state, reason }) => {
    if (state === 'live' && isTold) tell(`In step with the other services again, over the bus "${bus}"`);
    const isOut = state === 'suspect' || (state === 'starting' && reason !== JOINING);
    if (isOut && !isTold)
      tell(`Not in step with the other services, and memory is believed for a short while only: bus "${bus}": ${reason}`);
    isTold = isOut || (isTold && state === 'starting');
  };
}
