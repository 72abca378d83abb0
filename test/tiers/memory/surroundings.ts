import { FakeClock } from '../../../src/testing/fake-clock.ts';
import type { MemorySurroundings } from '../../../src/tiers/memory/entry-store.ts';
import { EvictionLog } from '../../../src/tiers/memory/eviction-log.ts';
import { Followers } from '../../../src/tiers/memory/followers.ts';
import { Room, type RoomLimits } from '../../../src/tiers/memory/room.ts';
import { FULL_TRUST } from '../../../src/tiers/memory/trust.ts';
import type { Clock } from '../../../src/time/clock.ts';

const LIMITS: RoomLimits = { maxEntries: 1_000, maxBytes: 1e9, maxEntryBytes: 1e9, maxProtectedShare: 0.5 };

/** What the parts of a memory share that no other process has to do with. */
export function surroundings(limits: Partial<RoomLimits> = {}, clock: Clock = new FakeClock()): MemorySurroundings {
  return {
    room: new Room({ ...LIMITS, ...limits }),
    clock,
    log: new EvictionLog(clock),
    followers: new Followers(),
    trust: FULL_TRUST,
    hashSeed: 0,
    isSampled: true,
    isPerByte: false,
  };
}
