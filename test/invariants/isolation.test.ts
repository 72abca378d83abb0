import { describe, expect, test } from 'vitest';
import { createCache, kind } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';

describe('invariant 16: isolation', () => {
  test('no invalidation of one namespace touches another, in memory or beyond', async () => {
    const clock = new FakeClock();
    const remote = new MemoryRemoteTier({ clock });
    const open = (namespace: string) =>
      createCache({ clock, remote, namespace, kinds: { k: kind<string, number>({ lifetime: '1h', tags: () => ['t'] }) } });
    const root = open('main');
    const others = [root.namespace('eu'), open('main2'), open('other')];
    const names = ['main', 'main:x', ':', '*', 'a', '~gone:t', 'k:a'];
    const fill = async (): Promise<void> => {
      for (const cache of [root, ...others]) {
        for (const name of names) {
          await cache.k.set(name, 1);
          await cache.set(name, 2, { tags: ['t'] });
        }
      }
    };
    const destroyers = [
      () => root.clear(),
      () => root.invalidate({ pattern: '*' }),
      () => root.invalidate({ tag: 't' }),
      () => root.invalidate({ keys: names.flatMap((name) => [name, `k:${name}`]) }),
      () => root.expire({ pattern: '*' }),
    ];
    for (const destroy of destroyers) {
      await fill();
      await clock.advance(1);
      await destroy();
      expect(new Map(await root.k.getMany(names))).toEqual(new Map());
      for (const cache of others) {
        expect((await cache.k.getMany(names)).size).toBe(names.length);
        expect((await cache.getMany(names.filter((name) => name !== 'k:a'))).size).toBe(names.length - 1);
      }
      await clock.advance(1);
    }
  });
});
