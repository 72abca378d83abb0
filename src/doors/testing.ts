/**
 * What Tiercel is tested with, for tests of your own: a clock that stands still,
 * tiers and a bus that fail on command, the suites that any tier and any bus must
 * pass, and an auditor of what caches say.
 *
 * @packageDocumentation
 */

export {
  Auditor,
  type AuditorOptions,
  type AuditReport,
  type AuditTally,
  type AuditViolation,
  type Witness,
} from '../testing/auditor.ts';
export { type BusFactory, type BusSubject, LOGGED_COUNT, type LogControl, type OutageControl } from '../testing/bus-subject.ts';
export { describeBus } from '../testing/bus-suite.ts';
export {
  type ArrivalScope,
  type BusCall,
  type CallScope,
  ChaosBus,
  type ChaosBusOptions,
  type PublishFault,
} from '../testing/chaos-bus.ts';
export { FakeClock, settle } from '../testing/fake-clock.ts';
export type { FaultShare } from '../testing/fault-orders.ts';
export { type FaultScope, FaultyTier, type FaultyTierOptions, type TierCall } from '../testing/faulty-tier.ts';
export { describeLeases, LEASE_MS, type LeaseFactory, type LeaseSubject } from '../testing/lease-suite.ts';
export { MemoryRemoteTier, type MemoryRemoteTierOptions } from '../testing/memory-remote-tier.ts';
export { RecordingListener } from '../testing/recording-listener.ts';
export type { Arrival } from '../testing/rough-passage.ts';
export { type SampleOptions, sealedSample } from '../testing/sealed-sample.ts';
export { seeded } from '../testing/seeded.ts';
export { type SuiteRunner, type TierFactory, type TierSubject, TOMBSTONE_MS } from '../testing/tier-subject.ts';
export { describeRemoteTier } from '../testing/tier-suite.ts';
export { waitUntil } from '../testing/wait-until.ts';
