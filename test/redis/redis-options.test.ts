import { describe, expect, test } from 'vitest';
import { redisBus } from '../../src/bus/redis/redis-bus.ts';
import { type RedisOptions, resolveRedis, targetText } from '../../src/redis/redis-options.ts';
import { redis } from '../../src/tiers/redis/redis-tier.ts';

describe('the options of Redis', () => {
  test('take a URL apart, and let what is said beside it go first', () => {
    const { target, access } = resolveRedis({ url: 'rediss://us%40er:p%3Aw@cache.internal:6380/3' });
    expect(target).toStrictEqual({ kind: 'server', address: { host: 'cache.internal', port: 6380 } });
    expect(access).toStrictEqual({ tls: {}, username: 'us@er', password: 'p:w', database: 3 });
    const other = resolveRedis({ url: 'redis://a:b@[::1]', username: 'c', password: 'd', database: 1, tls: { servername: 'x' } });
    expect(other.target).toStrictEqual({ kind: 'server', address: { host: '::1', port: 6379 } });
    expect(other.access).toStrictEqual({ tls: { servername: 'x' }, username: 'c', password: 'd', database: 1 });
  });

  test('are a server on this machine when nothing is said', () => {
    expect(targetText(resolveRedis().target)).toBe('127.0.0.1:6379');
  });

  test('name nodes by host and port, with the usual port where there is none', () => {
    const cluster = resolveRedis({ cluster: { nodes: ['a:7000', 'b', '[::1]:7001'] } });
    expect(targetText(cluster.target)).toBe('the cluster of a:7000, b:6379, [::1]:7001');
    const sentinel = resolveRedis({ sentinel: { name: 'm', nodes: ['s1', 's2:1'], password: 'x' }, tls: true });
    expect(targetText(sentinel.target)).toBe('master "m" of the Sentinels s1:26379, s2:1');
    expect(sentinel.target).toMatchObject({ access: { password: 'x', tls: {}, database: 0 } });
  });

  test('that make no sense are refused, and no password stands in the error', () => {
    const refused: RedisOptions[] = [
      { url: 'http://a:hunter2@b' },
      { url: 'redis://a:hunter2@' },
      { url: 'redis://a:hunter2@b/none' },
      { url: 'redis://a:hunter2%@b' },
      { url: 'redis://a:hunter2@b', cluster: { nodes: ['a'] } },
      { cluster: { nodes: [] } },
      { cluster: { nodes: ['redis://a:hunter2@b:1'] } },
      { cluster: { nodes: ['a'] }, database: 1 },
      { sentinel: { name: '', nodes: ['a'] } },
      { database: -1 },
      { url: 'redis://a:hunter2@b?db=2' },
      { url: 'redis://a:hunter2@b/2#x' },
    ];
    for (const options of refused) {
      let told = '';
      try {
        resolveRedis(options);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_CONFIG' });
        told = String(error);
      }
      expect(told).not.toBe('');
      expect(told).not.toContain('hunter2');
    }
  });

  test('that nobody knows, or that are no such thing, are refused by name by the tier and the bus', () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      ['redis://a:hunter2@b', 'is text; give an object with url'],
      [null, 'is null; give an object'],
      [{ host: 'x' }, 'knows no "host"; there are url'],
      [{ url: 'redis://b', foo: 1 }, 'knows no "foo"'],
      [{ tls: 'yes' }, '`tls` is no certificates; give true'],
      [{ tls: { cart: 'x' } }, '`tls` knows no "cart"'],
      [{ prefix: '' }, '`prefix` is ""; give text'],
      [{ prefix: 5 }, '`prefix` is 5; give text'],
      [{ onWarning: 5 }, '`onWarning` is no function; give one'],
      [{ password: 5 }, '`password` is no text; give it as text'],
      [{ connectWithin: 0 }, '`connectWithin` is 0 ms; give 1 ms or more'],
      [{ connectWithin: Number.POSITIVE_INFINITY }, '`connectWithin` is Infinity ms'],
      [{ cluster: { nodes: [5] } }, '`cluster.nodes` holds what is no text'],
      [{ sentinel: { name: 'm', nodes: ['a'], master: 'm' } }, '`sentinel` knows no "master"'],
      [{ url: 'redis://b?db=2' }, 'write the database as /2'],
    ];
    for (const [options, told] of wrong) {
      for (const make of [redis, redisBus]) {
        expect(() => make(options as RedisOptions)).toThrow(told);
      }
    }
    expect(() => redisBus({ deadline: 0 })).toThrow('`deadline` is 0 ms; give 1 ms or more');
  });
});
