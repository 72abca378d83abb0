import { describe, test } from 'vitest';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { describeLeases } from '../../src/testing/lease-suite.ts';
import { MemoryLeases } from '../../src/testing/memory-leases.ts';

describeLeases(
  'MemoryLeases',
  () => {
    const clock = new FakeClock();
    const leases = new MemoryLeases(clock);
    return { connect: () => leases, pass: (ms) => clock.advance(ms), close: async () => {} };
  },
  { describe, test },
);
