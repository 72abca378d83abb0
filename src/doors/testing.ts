/**
 * What Tiercel is tested with, for tests of your own: a clock that stands still,
 * tiers that fail on command, and the suite that any tier must pass.
 *
 * @packageDocumentation
 */

export { FakeClock, settle } from '../testing/fake-clock.ts';
export { type FaultScope, FaultyTier, type FaultyTierOptions, type TierCall } from '../testing/faulty-tier.ts';
export { MemoryRemoteTier, type MemoryRemoteTierOptions } from '../testing/memory-remote-tier.ts';
export { type SampleOptions, sealedSample } from '../testing/sealed-sample.ts';
export { seeded } from '../testing/seeded.ts';
export { type SuiteRunner, type TierFactory, type TierSubject, TOMBSTONE_MS } from '../testing/tier-subject.ts';
export { describeRemoteTier } from '../testing/tier-suite.ts';
