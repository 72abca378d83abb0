import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { RedisServer } from '../../servers/redis-server.ts';
import { answeredSoon, bytes, calm, soon } from '../peer.ts';
import { BEATS, joined, listening, NEWS, serverFor } from './joined.ts';

/** What a user of Redis needs for a bus on one server; see docs/redis-bus.md. */
const RIGHTS = 'resetchannels ~tiercel:* -@all +ping +xadd +xread +xrange +xtrim +xinfo|stream +xinfo|groups +xgroup|create';

/** Named after no user but this one, a server refuses everybody else. */
function serverWithUser(rights: string): Promise<RedisServer> {
  return serverFor({ users: ['user default on nopass ~* &* +@all', `user tiercel on >secret ${rights}`] });
}

const USER = { username: 'tiercel', password: 'secret' };

describe('a user of Redis', () => {
  test('needs the rights that are documented, and no more', async () => {
    const server = await serverWithUser(RIGHTS);
    const options = { url: server.url, ...USER, keepFor: '1s', maxMessages: 100 } as const;
    const [a, b] = [await joined(options), await joined(options)];
    const mark = await a.bus.mark();
    for (let n = 0; n < 10; n += 1) await a.bus.publish(bytes(`${n}`));
    await calm(a, b);
    expect(await b.bus.replay(mark)).toBe(true);
    expect(b.heard.texts).toHaveLength(20);
    await expect.poll(() => server.cli('INFO', 'commandstats'), { timeout: 3_000 }).toContain('cmdstat_xtrim');
    await server.flushAll();
    await soon(() => a.heard.connections === 2);
    await a.bus.publish(bytes('after'));
    expect([...a.warnings, ...b.warnings].map(({ kind }) => kind)).not.toContain('refused');
    expect(await server.cli('ACL', 'LOG')).toBe('');
  });

  test('is missed no right of the documented ones without a word', async () => {
    for (const right of ['+xadd', '+xread', '+xrange', '+xinfo|stream', '+xinfo|groups', '+xgroup|create']) {
      const server = await serverWithUser(RIGHTS.replace(` ${right}`, ''));
      const { bus, heard, warnings } = listening({ url: server.url, ...USER });
      const calls = async (): Promise<void> => {
        const mark = await bus.mark();
        await bus.publish(bytes('one'));
        await bus.replay(mark);
      };
      await soon(() => heard.isConnected || heard.losses.length > 0);
      const failure = await calls().then(
        () => heard.losses.join(),
        (error: Error) => error.message,
      );
      expect(failure).toMatch(/lacks a right to it.*docs\/redis-bus\.md.*NOPERM/);
      expect(warnings.length + Number(right === '+xrange')).toBeGreaterThan(0);
    }
  });

  test('that has a wrong password, or none, is told so, and the password is not', async () => {
    const server = await serverFor({ config: ['requirepass right'] });
    for (const password of ['wrong-secret', undefined]) {
      const { heard, warnings } = listening({ url: server.url, ...(password === undefined ? {} : { username: 'default', password }) });
      await soon(() => warnings.length > 0);
      await soon(() => heard.losses.length > 0);
      expect(heard.isConnected).toBe(false);
      expect(warnings[0]).toMatchObject({ kind: 'refused' });
      expect([...heard.losses, ...warnings.map(({ message }) => message)].join()).not.toContain('wrong-secret');
    }
  });
});

describe('a server that answers, and refuses', () => {
  test('for want of memory, makes publishes fail and say so; it is heard, and takes more when it can', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url });
    await peer.bus.publish(bytes('before'));
    await server.cli('CONFIG', 'SET', 'maxmemory', '1');
    await expect(peer.bus.publish(bytes('refused'))).rejects.toThrow(/no memory left.*OOM/);
    await expect(peer.bus.beat(bytes('refused'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await expect(peer.bus.publish(bytes('refused'))).rejects.toMatchObject({ code: 'ERR_BUS', retryable: true });
    expect(peer.heard.isConnected).toBe(true);
    await server.cli('CONFIG', 'SET', 'maxmemory', '0');
    await peer.bus.publish(bytes('after'));
    await calm(peer);
    expect(peer.heard.texts).toEqual(['before', 'after']);
    expect(peer.warnings.map(({ kind }) => kind)).toEqual(['refused']);
  });

  test('as a replica, is heard, and each publish fails and says why', async () => {
    const [master, replica] = [await serverFor(), await serverFor()];
    const sender = await joined({ url: master.url });
    await sender.bus.publish(bytes('before'));
    await replica.cli('REPLICAOF', '127.0.0.1', String(master.port));
    await expect.poll(() => replica.cli('INFO', 'replication'), { timeout: 10_000 }).toContain('master_link_status:up');
    const receiver = await joined({ url: replica.url });
    await expect(receiver.bus.publish(bytes('refused'))).rejects.toThrow(/a replica and takes no writes.*READONLY/);
    // It may be that another server has its name by now: it is connected to anew.
    const mark = await sender.bus.mark();
    await answeredSoon(async () => isDeepStrictEqual(await receiver.bus.mark(), mark));
    await sender.bus.publish(bytes('by replication'));
    await soon(() => receiver.heard.texts.length > 0);
    expect(receiver.heard.texts).toEqual(['by replication']);
    expect(receiver.warnings.map(({ kind }) => kind)).toEqual(['refused']);
  });

  test('since something else stands under the key, is not connected to until that is gone', async () => {
    const server = await serverFor();
    await server.cli('SET', NEWS, 'text');
    const { bus, heard, warnings } = listening({ url: server.url });
    await soon(() => heard.losses.length > 0);
    expect(heard.losses[0]).toMatch(/something else stands under the key/);
    await expect(bus.publish(bytes('refused'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await server.cli('DEL', NEWS);
    await soon(() => heard.isConnected);
    expect(warnings).toHaveLength(1);
    await server.cli('SET', BEATS, 'text');
    await soon(() => !heard.isConnected);
    await server.cli('DEL', BEATS);
    await soon(() => heard.isConnected);
  });
});
