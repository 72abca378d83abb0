import type { Bus } from '../../../src/bus/bus.ts';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { type BusSubject, LOGGED_COUNT } from '../../../src/testing/bus-subject.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';

/** In-process buses for the suite, each wrapped as told. */
export function inProcessSubject(wrap: (bus: Bus, clock: FakeClock) => Bus = (bus) => bus): BusSubject {
  const hub = new BusHub({ keep: LOGGED_COUNT });
  const clock = new FakeClock();
  return {
    connect: () => wrap(inProcessBus({ hub }), clock),
    until: (condition, ms) => waitUntil(condition, ms, clock),
    log: {
      isKept: true,
      recreate: async () => hub.recreateLog(),
      overrun: async () => {
        for (let n = 0; n < LOGGED_COUNT; n += 1) hub.publish(Buffer.from('overrun'));
      },
    },
    outage: { canHappen: false },
    close: async () => {},
  };
}
