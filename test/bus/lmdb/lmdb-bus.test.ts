import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LmdbBus, lmdbBus } from '../../../src/bus/lmdb/lmdb-bus.ts';
import type { LmdbBusOptions } from '../../../src/bus/lmdb/lmdb-bus-options.ts';
import { BusError, ConfigError } from '../../../src/errors.ts';
import type { BusSubject } from '../../../src/testing/bus-subject.ts';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';
import { scratch } from '../../lmdb/scratch.ts';

const folder = scratch();

/** A channel in a folder of its own, whose log holds a megabyte. */
function subject(): BusSubject {
  const path = folder();
  const buses: LmdbBus[] = [];
  const connect = (): LmdbBus => {
    const bus = lmdbBus({ path, maxBytes: '1mb', deadline: '5s', onWarning: () => {} });
    buses.push(bus);
    return bus;
  };
  const all = (condition: (bus: LmdbBus) => boolean): Promise<void> => waitUntil(() => buses.every(condition), 10_000);
  return {
    connect,
    until: waitUntil,
    log: {
      isKept: true,
      recreate: async () => {
        const before = buses.map((bus) => bus.stats.reopened);
        rmSync(join(path, 'bus-1.mdb'));
        await waitUntil(() => buses.every((bus, at) => bus.stats.reopened > (before[at] ?? 0) && bus.stats.isConnected), 10_000);
      },
      overrun: async () => {
        const [bus] = buses;
        for (let n = 0; n < 5; n += 1) await bus?.publish(Buffer.alloc(bus.maxMessageBytes));
      },
    },
    outage: {
      canHappen: true,
      begin: async () => {
        rmSync(path, { recursive: true });
        writeFileSync(path, 'no folder');
        await all((bus) => !bus.stats.isConnected);
      },
      end: async () => {
        rmSync(path);
      },
    },
    close: async () => {
      await all((bus) => !bus.stats.isConnected);
    },
  };
}

describeBus('lmdbBus', subject, { describe, test });

/** A bus that is connected, and what it has told. */
async function joined(options: LmdbBusOptions): Promise<{ bus: LmdbBus; heard: RecordingListener }> {
  const bus = lmdbBus(options);
  const heard = new RecordingListener();
  bus.listen(heard);
  await waitUntil(() => heard.isConnected, 10_000);
  return { bus, heard };
}

describe('LmdbBus', () => {
  test('refuses options that make no sense, and folders it cannot have', () => {
    const path = folder();
    for (const channel of ['', 'a:b', 'x'.repeat(65), 7 as unknown as string])
      expect(() => lmdbBus({ path, channel })).toThrow(ConfigError);
    expect(() => lmdbBus({ pth: path } as object)).toThrow('`lmdbBus` knows no "pth"; there are path, channel');
    expect(() => lmdbBus({ path, maxBytes: 0 })).toThrow(ConfigError);
    expect(() => lmdbBus({ path, keepFor: -1 })).toThrow(ConfigError);
    expect(() => lmdbBus({ path, deadline: -1 })).toThrow(ConfigError);
    writeFileSync(path, '');
    expect(() => lmdbBus({ path })).toThrow(ConfigError);
  });

  test('is one listener’s', async () => {
    const { bus, heard } = await joined({ path: folder() });
    await using _ = bus;
    expect(() => bus.listen(heard)).toThrow(BusError);
  });

  test('keeps the channels of one folder apart, and from the entries beside them', async () => {
    const path = folder();
    await using tier = lmdb({ path });
    const [quotes, bars] = [await joined({ path, channel: 'quotes' }), await joined({ path, channel: 'bars' })];
    await using _ = quotes.bus;
    await using __ = bars.bus;
    const mark = await bars.bus.mark();
    await quotes.bus.publish(Buffer.from('a quote'));
    await tier.setMany([sealedSample('main:quote:A')]);
    await bars.bus.publish(Buffer.from('a bar'));
    await waitUntil(() => bars.heard.texts.length + quotes.heard.texts.length >= 2, 5_000);
    expect([quotes.heard.texts, bars.heard.texts]).toStrictEqual([['a quote'], ['a bar']]);
    expect(await bars.bus.replay(await quotes.bus.mark())).toBe(false);
    expect(await bars.bus.replay(mark)).toBe(true);
    expect(tier.stats.entries).toBe(1);
  });

  test('vouches for messages as long as they are kept, though nobody publishes', async () => {
    const clock = new FakeClock();
    const path = folder();
    const { bus, heard } = await joined({ path, clock, keepFor: '1m', deadline: '1h' });
    await using _ = bus;
    const start = await bus.mark();
    for (let n = 0; n < 200; n += 1) await bus.publish(Buffer.from(`${n}`));
    const end = await bus.mark();
    await clock.advance(50_000);
    expect(await bus.replay(start)).toBe(true);
    expect(heard.texts).toHaveLength(400);
    await expect.poll(() => clock.advance(10_000).then(() => bus.stats.logged)).toBe(0);
    expect(await bus.replay(start)).toBe(false);
    expect(await bus.replay(end)).toBe(true);
    expect(bus.stats.swept).toBe(200);
  });

  test('keeps its log within its bytes, whatever is published', async () => {
    const path = folder();
    const { bus } = await joined({ path, maxBytes: '256kb', deadline: '10s' });
    await using _ = bus;
    const random = seeded(5);
    for (let round = 0; round < 30; round += 1) {
      await Promise.all(Array.from({ length: 40 }, () => bus.publish(Buffer.alloc(Math.floor(random() ** 4 * bus.maxMessageBytes)))));
      await bus.beat(Buffer.alloc(60_000));
      expect(bus.stats.loggedBytes).toBeLessThanOrEqual(256 * 1_024);
    }
    expect(statSync(join(path, 'bus-1.mdb')).size).toBeLessThan(8 * 1_024 * 1_024);
  });

  test('leaves no timer and no sign of itself when it is closed', async () => {
    const clock = new FakeClock();
    const path = folder();
    const { bus } = await joined({ path, clock });
    await bus.publish(Buffer.from('message'));
    await bus[Symbol.asyncDispose]();
    expect(clock.timerCount).toBe(0);
    expect(readdirSync(path).sort()).toStrictEqual(['bus-1.bell', 'bus-1.closed', 'bus-1.mdb', 'bus-1.mdb-lock']);
    for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
  });
});
