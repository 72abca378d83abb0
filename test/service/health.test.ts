import { afterEach, describe, expect, test } from 'vitest';
import { TierHealth } from '../../src/service/tier-health.ts';
import { type RunningService, startService } from './running-service.ts';

describe('probes', () => {
  let running: RunningService;
  afterEach(() => running.service.drain());

  test.each(['/livez', '/readyz', '/startupz'])('%s says yes once the service listens', async (path) => {
    running = await startService();
    expect(await running.ask(path)).toMatchObject({ status: 200, body: { status: 'ok', down: [] } });
  });
});

describe('TierHealth', () => {
  const tier = { name: 'lmdb', hits: 0, misses: 0, errors: 0, refused: 0, writes: 0, writeErrors: 0 };

  test('takes a tier for up until it fails, and again when it answers', () => {
    const health = new TierHealth();
    health.look([tier]);
    expect(health.isUp('lmdb')).toBe(true);
    health.look([{ ...tier, errors: 3 }]);
    expect(health.down).toEqual(['lmdb']);
    health.look([{ ...tier, errors: 3 }]);
    expect(health.isUp('lmdb')).toBe(false);
    health.look([{ ...tier, errors: 3, misses: 1 }]);
    expect(health.down).toEqual([]);
  });

  test('does not count a write that failed as an answer', () => {
    const health = new TierHealth();
    health.look([tier]);
    health.look([{ ...tier, writes: 1, writeErrors: 1 }]);
    expect(health.isUp('lmdb')).toBe(false);
  });
});
