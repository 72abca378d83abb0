import { execFile, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type LmdbBus, lmdbBus } from '../../../src/bus/lmdb/lmdb-bus.ts';
import type { LmdbBusOptions } from '../../../src/bus/lmdb/lmdb-bus-options.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { heard as heardFrom, startProcess, stoppedHolder, told } from '../../lmdb/processes.ts';
import { scratch } from '../../lmdb/scratch.ts';
import { smallDisk } from '../../lmdb/small-disk.ts';

const execute = promisify(execFile);
const folder = scratch();
const PEER = new URL('./peer.ts', import.meta.url);

/** A bus that is connected, and what it has told. */
async function joined(path: string, options: LmdbBusOptions = {}): Promise<{ bus: LmdbBus; heard: RecordingListener }> {
  const bus = lmdbBus({ path, maxBytes: '1mb', ...options });
  const heard = new RecordingListener();
  bus.listen(heard);
  await waitUntil(() => heard.isConnected, 10_000);
  return { bus, heard };
}

describe('invariant 14: crash-safe, an LmdbBus whose processes are killed while they publish', () => {
  test('has every message that was taken, in the order of its sender, without a gap in its log', async () => {
    const path = folder();
    const random = seeded(11);
    const { bus, heard } = await joined(path, { maxBytes: '16mb' });
    await using _ = bus;
    const mark = await bus.mark();
    const taken: string[] = [];
    for (let kill = 0; kill < 6; kill += 1) {
      const publishers = ['a', 'b'].map(async (name) => {
        const child = startProcess(PEER, 'publish', path, `${name}${kill}`);
        for (let rounds = 1 + Math.floor(random() * 30); rounds > 0; rounds -= 1) {
          const [{ texts }] = (await told(child)) as [{ texts: string[] }];
          taken.push(...texts);
        }
        child.kill('SIGKILL');
        await once(child, 'exit');
      });
      await Promise.all(publishers);
      await bus.publish(Buffer.from(`last ${kill}`));
    }
    await waitUntil(() => heard.texts.at(-1) === 'last 5', 5_000);
    const live = [...heard.texts];
    expect(new Set(live).size).toBe(live.length);
    expect(taken.filter((text) => !live.includes(text))).toStrictEqual([]);
    for (const name of ['a0', 'b0', 'a5', 'b5']) {
      const own = live.filter((text) => text.startsWith(`${name} `)).map((text) => text.slice(3).split('/').map(Number));
      expect(own).toStrictEqual(own.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d));
    }
    expect(await bus.replay(mark)).toBe(true);
    expect(heard.texts.slice(live.length)).toStrictEqual(live);
    expect([heard.connections, heard.losses, bus.stats.quarantined]).toStrictEqual([1, [], 0]);
  });

  test('finds the whole log again when all of them were', async () => {
    const path = folder();
    const child = startProcess(PEER, 'publish', path, 'a');
    for (let round = 0; round < 5; round += 1) await told(child);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { bus, heard } = await joined(path);
    await using _ = bus;
    const { log } = await bus.mark();
    expect(await bus.replay({ log, at: '0' })).toBe(true);
    expect(heard.texts.slice(0, 3)).toStrictEqual(['a 0/0', 'a 1/0', 'a 1/1']);
    expect(bus.stats.quarantined).toBe(0);
  });
});

describe('an LmdbBus beside a stopped process that holds the lock of its log', () => {
  test('refuses to publish in time, reads on, lets newcomers in, and heals by itself', async () => {
    const path = folder();
    const { bus, heard } = await joined(path);
    await using _ = bus;
    const mark = await bus.mark();
    await bus.publish(Buffer.from('before'));
    const holder = await stoppedHolder(join(path, 'bus-1.mdb'));

    const began = systemClock.monotonic();
    const calls = [bus.publish(Buffer.from('while')), bus.beat(Buffer.from('beat'))];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'ERR_BUS' });
    expect(systemClock.monotonic() - began).toBeLessThan(600);
    expect(await bus.replay(mark)).toBe(true);
    expect(heard.texts).toStrictEqual(['before', 'before']);
    const newcomer = await joined(path);
    expect(await newcomer.bus.replay(mark)).toBe(true);
    expect(newcomer.heard.texts).toStrictEqual(['before']);

    holder.kill('SIGCONT');
    await heardFrom(holder, 'released');
    await waitUntil(() => newcomer.heard.texts.at(-1) === 'while' && newcomer.heard.beats.length === 1, 5_000);
    await newcomer.bus.publish(Buffer.from('after'));
    await waitUntil(() => heard.texts.at(-1) === 'after', 5_000);
    expect([heard.losses, newcomer.heard.losses]).toStrictEqual([[], []]);
    await newcomer.bus[Symbol.asyncDispose]();
  });
});

describe('an LmdbBus whose process was busy while its log overran', () => {
  test('says that messages may be missed, goes on, and does not vouch for a replay', async () => {
    const path = folder();
    const { bus, heard } = await joined(path);
    await using _ = bus;
    const mark = await bus.mark();
    // The event loop of this process stands still until the other one has ended.
    const { status } = spawnSync(process.execPath, [fileURLToPath(PEER), 'flood', path, '2000000']);
    expect(status).toBe(0);
    await waitUntil(() => heard.losses.length > 0 && heard.isConnected, 5_000);
    expect(heard.losses).toStrictEqual([expect.stringContaining('messages left the log before they were read')]);
    expect(bus.stats.overruns).toBe(1);
    expect(await bus.replay(mark)).toBe(false);
    await bus.publish(Buffer.from('after'));
    await waitUntil(() => heard.texts.at(-1) === 'after', 5_000);
    expect(bus.stats.loggedBytes).toBeLessThanOrEqual(1_024 * 1_024);
  });
});

describe('an LmdbBus whose log is damaged while nobody has it open', () => {
  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['a foreign file', (file) => writeFileSync(file, 'name,price\n'.repeat(5_000))],
    ['a file cut to two pages', (file) => truncateSync(file, 8_192)],
    ['a file of zeros', (file) => writeFileSync(file, Buffer.alloc(100_000))],
    ['a file of noise behind its first pages', (file) => writeFileSync(file, readFileSync(file).fill(0xa7, 8_192))],
  ];
  test.each(damages)('starts anew in the place of %s, says so, and vouches for nothing', async (_, damage) => {
    const path = folder();
    const first = await joined(path);
    for (let n = 0; n < 50; n += 1) await first.bus.publish(Buffer.from(`old ${n}`));
    const mark = await first.bus.mark();
    await first.bus[Symbol.asyncDispose]();
    damage(join(path, 'bus-1.mdb'));

    const warnings: string[] = [];
    const { bus, heard } = await joined(path, { onWarning: ({ kind }) => warnings.push(kind) });
    await using __ = bus;
    expect(await bus.replay(mark)).toBe(false);
    await bus.publish(Buffer.from('new'));
    await waitUntil(() => heard.texts.includes('new'), 5_000);
    expect([warnings, heard.texts]).toStrictEqual([['quarantined'], ['new']]);
  });
});

describe('an LmdbBus whose bell cannot be heard', () => {
  test('brings messages all the same, within a tenth of a second or so', async () => {
    const path = folder();
    mkdirSync(join(path, 'bus-1.bell'), { recursive: true });
    const [sender, receiver] = [await joined(path), await joined(path)];
    expect(receiver.bus.stats.isPrompt).toBe(false);
    await sender.bus.publish(Buffer.from('unheard'));
    await waitUntil(() => receiver.heard.texts.includes('unheard'), 1_000);
    for (const { bus } of [sender, receiver]) await bus[Symbol.asyncDispose]();
  });

  test('hears it again when it was deleted', async () => {
    const path = folder();
    const { bus } = await joined(path);
    await using _ = bus;
    rmSync(join(path, 'bus-1.bell'));
    await waitUntil(() => !bus.stats.isPrompt, 1_000);
    await waitUntil(() => bus.stats.isPrompt, 1_000);
  });
});

describe('an LmdbBus on a full disk', () => {
  test('makes room within its file, and lets nothing but BusErrors out', async (context) => {
    const mount = smallDisk();
    if (mount === undefined) return context.skip('only root can mount the small disk it takes');
    const child = fork(new URL('./disk-full.ts', import.meta.url), [mount], { execArgv: [] });
    const ended = once(child, 'exit');
    const [saw] = await Promise.race([once(child, 'message'), ended.then(([code, signal]) => [`ended by ${code ?? signal}`])]);
    expect(saw).toStrictEqual({
      refused: 'ERR_BUS',
      stored: 15_000,
      failures: [],
      small: 20,
      after: 'taken',
      isHeard: true,
      losses: [],
      isMissedInSilence: false,
      rejections: 0,
    });
    expect(await ended).toStrictEqual([0, null]);
  });
});

test('a process that never closed its LmdbBus ends by itself', async () => {
  const { stdout } = await execute(process.execPath, ['--no-warnings', fileURLToPath(PEER), 'idle', folder()], { timeout: 10_000 });
  expect(stdout).toBe('done');
});
