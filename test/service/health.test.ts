import { afterEach, describe, expect, test } from 'vitest';
import { createCache } from '../../src/create-cache.ts';
import type { CountedProvider } from '../../src/service/counted-provider.ts';
import { ReadLog } from '../../src/service/read-log.ts';
import { StatsBoard } from '../../src/service/stats-board.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { type RunningService, startService } from './running-service.ts';

const STATE = { startedAt: 0, isDraining: false, isDemo: false, isCacheEnabled: true };

describe('probes', () => {
  let running: RunningService;
  afterEach(() => running.service.drain());

  test.each(['/livez', '/readyz', '/startupz'])('%s says yes once the service listens', async (path) => {
    running = await startService();
    expect(await running.ask(path)).toMatchObject({ status: 200, body: { status: 'ok', reasons: [], down: [] } });
  });
});

describe('a tier that fails', () => {
  test('is told as down, and the service stays ready', async () => {
    const clock = new FakeClock();
    const faulty = new FaultyTier(new MemoryRemoteTier({ name: 'lmdb', clock }), { clock });
    const cache = createCache({ clock, remote: faulty });
    const board = new StatsBoard(
      cache,
      { name: 'none', calls: 0, failedCalls: 0 } as CountedProvider,
      new ReadLog(clock, () => {}),
      () => STATE,
      () => 0,
    );
    expect(board.health.downTiers).toEqual([]);
    faulty.fail({ times: Number.POSITIVE_INFINITY });
    for (let read = 0; read < 20; read += 1) await cache.get(`k${read}`);
    expect(board.health.downTiers).toEqual(['lmdb']);
    expect(board.stats().tiers[0]).toMatchObject({ name: 'lmdb', isUp: false });
    faulty.heal();
    await clock.advance(60_000);
    await cache.get('probe');
    expect(board.health.downTiers).toEqual([]);
  });
});
