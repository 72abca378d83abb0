import { describe, test } from 'vitest';
import { BusHub } from '../../src/bus/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process-bus.ts';
import { type BusSubject, LOGGED_COUNT } from '../../src/testing/bus-subject.ts';
import { describeBus } from '../../src/testing/bus-suite.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';

function subject(): BusSubject {
  const hub = new BusHub({ keep: LOGGED_COUNT });
  return {
    connect: () => inProcessBus({ hub }),
    until: waitUntil,
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

describeBus('inProcessBus', subject, { describe, test });
