import { describe, test } from 'vitest';
import { describeBus } from '../../src/testing/bus-suite.ts';
import { ChaosBus } from '../../src/testing/chaos-bus.ts';
import { inProcessSubject } from '../bus/in-process/in-process-subject.ts';

describeBus(
  'ChaosBus without a fault',
  () => {
    const buses: ChaosBus[] = [];
    const subject = inProcessSubject((bus, clock) => {
      const chaos = new ChaosBus(bus, { clock });
      buses.push(chaos);
      return chaos;
    });
    return {
      ...subject,
      outage: {
        canHappen: true,
        begin: async () => {
          for (const bus of buses) bus.cut();
        },
        end: async () => {
          for (const bus of buses) bus.heal();
        },
      },
    };
  },
  { describe, test },
);
