import { describe, test } from 'vitest';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { type TierSubject, TOMBSTONE_MS } from '../../src/testing/tier-subject.ts';
import { describeRemoteTier } from '../../src/testing/tier-suite.ts';
import { guarded } from '../../src/tiers/guarded-tier.ts';
import type { RemoteTier } from '../../src/tiers/remote-tier.ts';

function subject(wrap: (tier: RemoteTier, clock: FakeClock) => RemoteTier): () => TierSubject {
  return () => {
    const clock = new FakeClock();
    const tier = wrap(new MemoryRemoteTier({ clock, tombstoneMs: TOMBSTONE_MS }), clock);
    return { tier, now: () => clock.now(), pass: (ms) => clock.advance(ms) };
  };
}

const runner = { describe, test };
describeRemoteTier(
  'MemoryRemoteTier, guarded',
  subject((tier, clock) => guarded(tier, { clock })),
  runner,
);
describeRemoteTier(
  'FaultyTier without a fault',
  subject((tier, clock) => new FaultyTier(tier, { clock })),
  runner,
);
