import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCache } from '../../src/create-cache.ts';
import { Refusals } from '../../src/service/refusals.ts';
import type { WireStats } from '../../src/service/wire.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { run, scratch } from '../integration/child-service.ts';
import { json, type RunningService, ScriptedProvider, startService, until } from './running-service.ts';

describe('a service with a store, a bus and keys', () => {
  let folder: ReturnType<typeof scratch>;
  let running: RunningService;

  beforeEach(async () => {
    folder = scratch();
    const settings = {
      cache: { store: folder.path },
      coherence: { heartbeat: 50 },
      kinds: { portfolio: { sensitive: true }, quote: { lease: true } },
      encryption: { keys: `7:${randomBytes(32).toString('base64')}` },
    };
    running = await startService(settings, new ScriptedProvider());
  });
  afterEach(async () => {
    await running.service.drain();
    folder.remove();
  });

  test('is ready at once, and says so long as it is true that news of others may be missing', async () => {
    const early = await running.ask('/readyz');
    expect(early.status).toBe(200);
    expect(early.body).toMatchObject({ status: 'suspect', reasons: [expect.stringMatching(/^bus "lmdb": /)], down: [] });
    await until(async () => (await running.ask('/readyz')).body.status === 'ok', 'it was in step');
    expect((await running.ask('/readyz')).body).toEqual({ status: 'ok', reasons: [], down: [] });
  });

  test('tells of them in its statistics, and the same to Prometheus', async () => {
    await until(async () => (await running.ask('/readyz')).body.status === 'ok', 'it was in step');
    await running.ask('/v1/entries/portfolio/mine', json('PUT', { value: { worth: 1 } }));
    await running.ask('/v1/quotes?symbols=AAPL');
    await until(async () => (await running.ask('/v1/stats')).body.bus.messages > 0, 'others were told');
    const stats: WireStats = (await running.ask('/v1/stats')).body;
    expect(stats).toMatchObject({
      health: { status: 'ok', reasons: [] },
      bus: { name: 'lmdb', state: 'live', reason: '', peers: 0, overflows: 0, lagMs: expect.any(Number) },
      tiers: [{ name: 'lmdb', isUp: true, state: 'closed', unwritten: 0, givenUp: 0, refusedBy: {} }],
      encryption: [{ id: 7, isWriting: true, encrypted: 1, isWornOut: false }],
    });
    expect(stats.kinds[0]).toMatchObject({ name: 'quote', leases: 1, loadedElsewhere: 0 });

    const { body } = await running.ask('/metrics');
    for (const line of [
      'tiercel_health 0',
      'tiercel_bus_state{bus="lmdb"} 1',
      'tiercel_bus_suspect{bus="lmdb"} 0',
      'tiercel_bus_peers{bus="lmdb"} 0',
      'tiercel_bus_gaps_total{bus="lmdb"} 0',
      'tiercel_breaker_state{tier="lmdb"} 0',
      'tiercel_tier_unwritten{tier="lmdb"} 0',
      'tiercel_leases_total{kind="quote",result="taken"} 1',
      'tiercel_encryption_operations_total{key_id="7",operation="encrypt"} 1',
      'tiercel_encryption_key_writing{key_id="7"} 1',
    ])
      expect(body).toContain(`${line}\n`);
    expect(body).toMatch(/^tiercel_bus_lag_seconds\{bus="lmdb"\} 0\.\d+$/m);
    expect(body).toMatch(/^tiercel_bus_messages_total\{bus="lmdb",direction="out"\} [1-9]/m);
  });

  test('tells of them on the command line', async () => {
    await until(async () => (await running.ask('/readyz')).body.status === 'ok', 'it was in step');
    const { code, out } = await run(['stats'], { TIERCEL_URL: running.url });
    expect(code).toBe(0);
    expect(out).toMatch(/^tier {2}lmdb {2}up {4}0 found, 0 not, 0 written, 0 failed$/m);
    expect(out).toMatch(/^bus {3}lmdb {2}live {2}0 other services, lag \S+ \S+, 0 messages told, 0 heard, 0 gaps, 0 filled$/m);
    expect(out).not.toContain('suspect');
  });

  test('names its metrics as Prometheus asks for: counters end in _total, and nothing else does', async () => {
    const { body } = await running.ask('/metrics');
    const types = [...(body as string).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({ name, type }));
    expect(types.length).toBeGreaterThan(50);
    expect(types.filter(({ name, type }) => name.endsWith('_total') !== (type === 'counter'))).toEqual([]);
    expect(types.filter(({ name }) => /_(ms|milliseconds|kb|mb)(_|$)|[A-Z]/.test(name))).toEqual([]);
  });
});

/** A tier that has the same bytes under every key, and they are none of an entry. */
class Garbage extends MemoryRemoteTier {
  override async getMany(keys: readonly string[]): Promise<Uint8Array[]> {
    return keys.map(() => new Uint8Array(200).fill(7));
  }
}

test('what a tier hands back and is not taken is counted by what was wrong with it', async () => {
  const clock = new FakeClock();
  await using cache = createCache({ clock, remote: new Garbage({ name: 'shared', clock }) });
  const refusals = new Refusals(cache);
  expect(await cache.get('a under b')).toBeUndefined();
  const refused = cache.stats().tiers[0]?.refused;
  expect(refused).toBeGreaterThan(0);
  expect(refusals.of('shared')).toEqual({ foreign: refused });
  expect(refusals.of('another')).toEqual({});
});
