import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { BusHub } from '../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process/in-process-bus.ts';
import { lmdbBus } from '../../src/bus/lmdb/lmdb-bus.ts';
import { nats } from '../../src/bus/nats/nats-bus.ts';
import { redisBus } from '../../src/bus/redis/redis-bus.ts';
import { createCache, keyRing, kind, type RemoteTier } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';
import { lmdb } from '../../src/tiers/lmdb/lmdb-tier.ts';
import { redis } from '../../src/tiers/redis/redis-tier.ts';
import { scratch } from '../lmdb/scratch.ts';
import { NatsServer } from '../servers/nats-server.ts';
import { RedisServer } from '../servers/redis-server.ts';

const folder = scratch();
/** What must be found nowhere. */
const CANARY = 'canary-4712-sings';
const KEY = { id: 1, key: Buffer.alloc(32, 'a key that nobody uses') };

type Position = { readonly name: string; readonly shares: number };
type Pair = ReturnType<typeof pairOf>;

/** Two caches of a kind whose small values are sent along with the news of them. */
function pairOf(isSensitive: boolean, place: () => { readonly remote: RemoteTier; readonly bus: Bus }, clock?: FakeClock) {
  const open = () =>
    createCache({
      ...place(),
      ...(clock && { clock }),
      encryption: keyRing(KEY),
      guard: { deadline: '10s', writeDeadline: '10s' },
      kinds: {
        position: kind<string, Position>({
          lifetime: '1h',
          tags: () => ['account'],
          push: true,
          sensitive: isSensitive,
          compression: 'none',
        }),
      },
    });
  return [open(), open()] as const;
}

/** Both hold an entry, one writes it anew, and the other has the new value by the bus. */
async function push([writer, reader]: Pair, until: (condition: () => boolean) => Promise<void>): Promise<void> {
  await until(() => writer.health().status === 'ok' && reader.health().status === 'ok');
  for (const shares of [1, 2, 3]) {
    await writer.position.set('alice', { name: CANARY, shares });
    await until(() => shares === 1 || reader.position.peek('alice')?.shares === shares);
    expect(await reader.position.get('alice')).toEqual({ name: CANARY, shares });
  }
  await Promise.all([writer.close(), reader.close()]);
}

function holds(path: string, text: string): boolean {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return files.some((file) => readFileSync(join(file.parentPath, file.name)).includes(text));
}

describe('invariant 17: of a sensitive value that is sent along with the news of it', () => {
  test.each([true, false])('no word stands on the bus, where it would if it were not: sensitive %s', async (isSensitive) => {
    const clock = new FakeClock();
    const hub = new BusHub();
    const remote = new MemoryRemoteTier({ clock });
    const said: Buffer[] = [];
    const place = () => {
      const bus = inProcessBus({ hub });
      const publish = bus.publish.bind(bus);
      bus.publish = (message) => {
        said.push(Buffer.from(message));
        return publish(message);
      };
      return { remote, bus };
    };
    await push(pairOf(isSensitive, place, clock), (condition) => waitUntil(condition, 5_000, clock));
    expect(said.length).toBeGreaterThanOrEqual(2);
    expect(said.some((message) => message.includes(CANARY))).toBe(!isSensitive);
  });

  test.each([true, false])('nor in the files of LMDB: sensitive %s', async (isSensitive) => {
    const path = folder();
    await push(
      pairOf(isSensitive, () => ({ remote: lmdb({ path }), bus: lmdbBus({ path }) })),
      (condition) => waitUntil(condition, 10_000),
    );
    expect(holds(path, CANARY)).toBe(!isSensitive);
  });

  test.each([true, false])('nor in what Redis and NATS keep: sensitive %s', async (isSensitive) => {
    await using redisServer = await RedisServer.start();
    await using natsServer = await NatsServer.start();
    await redisServer.cli('CONFIG', 'SET', 'rdbcompression', 'no');
    const { url } = redisServer;
    for (const bus of [() => redisBus({ url }), () => nats({ servers: [natsServer.url] })]) {
      await push(
        pairOf(isSensitive, () => ({ remote: redis({ url }), bus: bus() })),
        (condition) => waitUntil(condition, 10_000),
      );
    }
    await redisServer.cli('SAVE');
    expect([holds(redisServer.folder, CANARY), holds(natsServer.folder, CANARY)]).toEqual([!isSensitive, !isSensitive]);
  });
});
