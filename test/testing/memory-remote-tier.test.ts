import { describe, test } from 'vitest';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { TOMBSTONE_MS } from '../../src/testing/tier-subject.ts';
import { describeRemoteTier } from '../../src/testing/tier-suite.ts';

describeRemoteTier(
  'MemoryRemoteTier',
  () => {
    const clock = new FakeClock();
    return { tier: new MemoryRemoteTier({ clock, tombstoneMs: TOMBSTONE_MS }), now: () => clock.now(), pass: (ms) => clock.advance(ms) };
  },
  { describe, test },
);
