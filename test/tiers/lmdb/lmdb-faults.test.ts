import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtInCodecs } from '../../../src/entry/codec/codecs.ts';
import { open } from '../../../src/entry/envelope.ts';
import { TierTimeoutError } from '../../../src/errors.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { assertSame, collect } from '../../../src/testing/tier-answers.ts';
import { guarded } from '../../../src/tiers/guarded-tier.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { nextTurn } from '../../../src/time/event-turn.ts';
import { heard, startProcess, stoppedHolder, told } from '../../lmdb/processes.ts';
import { scratch } from '../../lmdb/scratch.ts';
import { smallDisk } from '../../lmdb/small-disk.ts';

const folder = scratch();
const PEER = new URL('./peer.ts', import.meta.url);

/** The longest the event loop was blocked while `action` ran, in milliseconds. */
async function longestPause(action: () => Promise<unknown>): Promise<number> {
  let isOver = false;
  let longest = 0;
  const watch = (async () => {
    for (let last = systemClock.monotonic(); !isOver; ) {
      await nextTurn();
      const now = systemClock.monotonic();
      longest = Math.max(longest, now - last);
      last = now;
    }
  })();
  await action();
  isOver = true;
  await watch;
  return longest;
}

describe('invariant 14: crash-safe, an LmdbTier whose processes are killed', () => {
  test('has each entry old or new, never torn, and none that was acknowledged lost', async () => {
    const path = folder();
    const random = seeded(7);
    for (let kill = 1; kill <= 20; kill += 2) {
      const acknowledged = new Map<string, number>();
      const kills = [kill, kill + 1].map(async (seed) => {
        const child = startProcess(PEER, 'churn', path, String(seed));
        for (let rounds = 1 + Math.floor(random() * 12); rounds > 0; rounds -= 1) {
          const [{ stamp, keys }] = (await told(child)) as [{ stamp: number; keys: string[] }];
          for (const key of keys) acknowledged.set(key, Math.max(stamp, acknowledged.get(key) ?? 0));
        }
        child.kill('SIGKILL');
        await once(child, 'exit');
      });
      await Promise.all(kills);

      await using tier = lmdb({ path });
      const keys = [...new Set([...acknowledged.keys(), ...(await collect(tier, 'main:churn:*'))])];
      for (const [at, bytes] of (await tier.getMany(keys)).entries()) {
        const key = keys[at] ?? '';
        const entry = bytes && open(bytes, key, builtInCodecs);
        if (typeof entry !== 'object') throw new Error(`${key} is ${entry ?? 'lost'} after kill ${kill + 1}`);
        expect(entry.version.stamp).toBeGreaterThanOrEqual(acknowledged.get(key) ?? 0);
        expect(String(entry.value).startsWith(`${entry.version.stamp} `)).toBe(true);
      }
      expect(await tier.setMany([sealedSample('main:quote:after', { stamp: kill })])).toStrictEqual([true]);
      expect(tier.stats.quarantined).toBe(0);
    }
  });

  test('goes on at once when a process is killed that held the write lock', async () => {
    const path = folder();
    await using tier = lmdb({ path });
    await tier.setMany([sealedSample('main:quote:A')]);
    const child = await stoppedHolder(join(path, 'entries-1.mdb'));
    const write = tier.setMany([sealedSample('main:quote:A', { stamp: 2 })]);
    child.kill('SIGKILL');
    expect(await write).toStrictEqual([true]);
    assertSame(await tier.getMany(['main:peer:held']), [undefined]);
  });
});

describe('an LmdbTier beside a stopped process that holds the write lock', () => {
  test('reads as ever, never blocks the event loop, and writes late', async () => {
    const path = folder();
    await using tier = lmdb({ path });
    const guard = guarded(tier, { writeDeadline: 60 });
    const [first, second] = [sealedSample('main:quote:A'), sealedSample('main:quote:A', { stamp: 2 })];
    await tier.setMany([first]);
    const child = await stoppedHolder(join(path, 'entries-1.mdb'));

    const outcomes: unknown[] = [];
    const pause = await longestPause(async () => {
      const writes = [guard.setMany([second]), guard.deleteMany(['main:quote:B'], { stamp: 9, origin: 1 })];
      for (const write of writes)
        outcomes.push(
          await write.then(
            () => 'done',
            (error: unknown) => error,
          ),
        );
      assertSame(await guard.getMany([first.key]), [first.bytes]);
      expect(await collect(guard, '*')).toStrictEqual([first.key]);
      await using another = lmdb({ path });
      assertSame(await another.getMany([first.key]), [first.bytes]);
    });
    expect(outcomes).toStrictEqual([new TierTimeoutError('lmdb', 60), new TierTimeoutError('lmdb', 60)]);
    expect(pause).toBeLessThan(500);

    child.kill('SIGCONT');
    await heard(child, 'released');
    await tier.flush();
    assertSame(await tier.getMany([second.key]), [second.bytes]);
  });

  test('closes in its own time, telling its writers that nothing was written', async () => {
    const path = folder();
    const clock = new FakeClock();
    const tier = lmdb({ path, clock });
    await tier.setMany([sealedSample('main:quote:A')]);
    const child = await stoppedHolder(join(path, 'entries-1.mdb'));
    const write = expect(tier.setMany([sealedSample('main:quote:B')])).rejects.toMatchObject({ code: 'ERR_TIER' });
    const close = tier[Symbol.asyncDispose]();
    await clock.advance(2_300);
    await Promise.all([write, close]);
    child.kill('SIGCONT');
    await heard(child, 'released');
  });
});

describe('an LmdbTier shared by processes', () => {
  test('has what each of them wrote, and in none a version goes back', async () => {
    const path = folder();
    await using tier = lmdb({ path });
    const acknowledged = new Map<string, number>();
    const seen = new Map<string, number>();
    const look = async (): Promise<void> => {
      const least = new Map(acknowledged);
      const keys = [...least.keys()];
      for (const [at, bytes] of (await tier.getMany(keys)).entries()) {
        const key = keys[at] ?? '';
        const entry = bytes && open(bytes, key, builtInCodecs);
        if (typeof entry !== 'object') throw new Error(`${key} is ${entry ?? 'lost'}`);
        expect(entry.version.stamp).toBeGreaterThanOrEqual(Math.max(least.get(key) ?? 0, seen.get(key) ?? 0));
        seen.set(key, entry.version.stamp);
      }
    };
    await Promise.all(
      [1, 2].map(async (seed) => {
        const child = startProcess(PEER, 'churn', path, String(seed));
        for (let round = 0; round < 40; round += 1) {
          const [{ stamp, keys }] = (await told(child)) as [{ stamp: number; keys: string[] }];
          for (const key of keys) acknowledged.set(key, Math.max(stamp, acknowledged.get(key) ?? 0));
          await look();
        }
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
    await look();
  });
});

describe('a guarded LmdbTier in a process whose event loop was blocked', () => {
  test('does not tell answered calls dead', async () => {
    await using tier = lmdb({ path: folder() });
    const guard = guarded(tier, { writeDeadline: 50 });
    await tier.setMany([sealedSample('main:quote:A')]);
    for (let stall = 0; stall < 5; stall += 1) {
      const writes = Array.from({ length: 40 }, (_, n) => guard.setMany([sealedSample(`main:quote:${n}`, { stamp: 2 + stall })]));
      await nextTurn();
      const until = systemClock.monotonic() + 150;
      while (systemClock.monotonic() < until);
      await Promise.all(writes);
    }
    expect(guard.breaker).toBe('closed');
  });
});

describe('an LmdbTier on a full disk', () => {
  test('goes on within the room it has, and lets nothing but TierErrors out', async (context) => {
    const mount = smallDisk();
    if (mount === undefined) return context.skip('only root can mount the small disk it takes');
    const child = fork(new URL('./disk-full.ts', import.meta.url), [mount], { execArgv: [] });
    const ended = once(child, 'exit');
    const [told] = await Promise.race([once(child, 'message'), ended.then(([code, signal]) => [`ended by ${code ?? signal}`])]);
    expect(told).toStrictEqual({
      whileClosed: { isOpen: false, isStored: false },
      failed: 0,
      otherErrors: 0,
      kept: expect.toSatisfy((count: number) => count > 10),
      deletions: 20,
      tries: 1,
      found: 50,
      quarantined: 0,
      rejections: 0,
    });
    expect(await ended).toStrictEqual([0, null]);
  });
});
