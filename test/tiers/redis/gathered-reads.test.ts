import { readFile } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRedis } from '../../../src/redis/open-redis.ts';
import type { RedisConnection } from '../../../src/redis/redis-connection.ts';
import { resolveRedis } from '../../../src/redis/redis-options.ts';
import { GatheredReads } from '../../../src/tiers/redis/gathered-reads.ts';
import { RedisServer } from '../../servers/redis-server.ts';

let server: RedisServer;
let connection: RedisConnection;
beforeAll(async () => {
  server = await RedisServer.start();
  connection = openRedis(resolveRedis({ url: server.url }), { connected() {}, disconnected() {} });
  await connection.ready;
  await connection.send(0, ['MSET', 'a', '1', 'b', '2', 'c', '3']);
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const reads = (): GatheredReads<string> =>
  new GatheredReads({
    connection,
    keyOf: (key) => key,
    interpret: (_keys, values) => values.map(String).join(' '),
    now: Date.now,
    asError: (cause) => new Error('it failed', { cause }),
  });

async function countOfReads(action: () => Promise<unknown>): Promise<number> {
  await server.cli('CONFIG', 'RESETSTAT');
  await action();
  return Number(/cmdstat_mget:calls=(\d+)/.exec(await server.cli('INFO', 'commandstats'))?.[1] ?? 0);
}

describe('gathered reads', () => {
  test('are one command for all of a turn, promises and immediates among them, and another for the next turn', async () => {
    const gathered = reads();
    const turn = async (): Promise<void> => {
      const first = gathered.read(0, ['a']);
      const later = Promise.resolve().then(() => gathered.read(0, ['b']));
      const third = new Promise<string>((resolve) => process.nextTick(() => resolve(gathered.read(0, ['c']))));
      expect(await Promise.all([first, later, third, gathered.read(0, ['a'])])).toStrictEqual(['1', '2', '3', '1']);
    };
    expect(await countOfReads(turn)).toBe(1);
    expect(await countOfReads(() => turn().then(turn))).toBe(2);
  });

  test('ask once for a key that many lists have in common', async () => {
    const gathered = reads();
    const both = (): Promise<string[]> =>
      Promise.all([gathered.read(0, ['a', 'c']), gathered.read(0, ['b', 'c']), gathered.read(0, ['none', 'a'])]);
    expect(await countOfReads(async () => expect(await both()).toStrictEqual(['1 3', '2 3', 'undefined 1']))).toBe(1);
  });

  test('ask again for a key that came when the command was on its way already', async () => {
    const gathered = reads();
    const read = (): Promise<string[]> =>
      new Promise((resolve) => {
        setTimeout(() => {
          // By this the client's own immediate comes first, then the late read, then the end of the gathering.
          void connection.send(0, ['PING']);
          const late = new Promise<string>((tell) => setImmediate(() => tell(gathered.read(0, ['c']))));
          resolve(Promise.all([gathered.read(0, ['a']), late]));
        }, 1);
      });
    expect(await countOfReads(async () => expect(await read()).toStrictEqual(['1', '3']))).toBe(2);
  });

  test('ask again for a list that came too late, its last key known already', async () => {
    const gathered = reads();
    const read = (): Promise<string[]> =>
      new Promise((resolve) => {
        setTimeout(() => {
          void connection.send(0, ['PING']);
          const late = new Promise<string>((tell) => setImmediate(() => tell(gathered.read(0, ['b', 'c']))));
          resolve(Promise.all([gathered.read(0, ['a', 'c']), late]));
        }, 1);
      });
    expect(await read()).toStrictEqual(['1 3', '2 3']);
  });

  test('are answered, though the command before theirs was answered before its turn was over', async () => {
    const gathered = reads();
    const busy = (ms: number): void => {
      const until = performance.now() + ms;
      while (performance.now() < until);
    };
    for (let round = 0; round < 10; round += 1) {
      const both = new Promise<string>((resolve, reject) => {
        readFile(import.meta.filename, () => {
          setImmediate(() => {
            setTimeout(busy, 0, 1);
            gathered
              .read(0, ['a'])
              .then(() => gathered.read(0, ['b']))
              .then(resolve, reject);
          });
          // The client's own call is before ours then, and what it writes is answered in the very next poll.
          void connection.send(0, ['PING']);
          setImmediate(busy, 1);
        });
      });
      expect(await both).toBe('2');
    }
  });

  test('fail together, each reader with the same error', async () => {
    // Nobody listens there.
    const closed = openRedis(resolveRedis({ url: 'redis://127.0.0.1:1' }), { connected() {}, disconnected() {} });
    const gathered = new GatheredReads({
      connection: closed,
      keyOf: (key) => key,
      interpret: (_keys, values) => values.map(String).join(' '),
      now: Date.now,
      asError: (cause) => new Error('it failed', { cause }),
    });
    const results = await Promise.allSettled(['a', 'b', 'a'].map((key) => gathered.read(0, [key])));
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { message: 'it failed' } });
    await closed[Symbol.asyncDispose]();
  });
});
