import { describe, expect, test } from 'vitest';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { sealedSample } from '../../src/testing/sealed-sample.ts';
import { assertSame, collect } from '../../src/testing/tier-answers.ts';

const [A, B] = [sealedSample('main:quote:A'), sealedSample('main:quote:B')];

function setUp(seed = 1) {
  const clock = new FakeClock();
  const inner = new MemoryRemoteTier({ clock });
  return { clock, inner, faulty: new FaultyTier(inner, { clock, seed }) };
}

describe('FaultyTier', () => {
  test('fails the n-th call, and none before or after it', async () => {
    const { faulty } = setUp();
    faulty.fail({ calls: ['setMany'], nth: 3, times: 2 }, new Error('no'));
    const outcomes: string[] = [];
    for (let call = 0; call < 6; call += 1) outcomes.push(await faulty.setMany([A]).then(() => 'done', String));
    expect(outcomes).toStrictEqual(['done', 'done', 'Error: no', 'Error: no', 'done', 'done']);
    expect(faulty.getMany([A.key])).not.toBeInstanceOf(Promise);
    expect(faulty.count('setMany')).toBe(6);
  });

  test('hangs until it is told to go on', async () => {
    const { faulty, inner } = setUp();
    faulty.hang();
    let isDone = false;
    const write = faulty.setMany([A]).then(() => {
      isDone = true;
    });
    await settle();
    expect(isDone).toBe(false);
    assertSame(await inner.getMany([A.key]), [undefined]);
    faulty.release();
    await write;
    assertSame(await inner.getMany([A.key]), [A.bytes]);
  });

  test('begins hanging calls in another order, the same for a seed', async () => {
    const orderOf = async (seed: number): Promise<number[]> => {
      const { faulty } = setUp(seed);
      faulty.hang({ times: 8 });
      const order: number[] = [];
      const calls = Array.from({ length: 8 }, (_, n) => faulty.flush().then(() => order.push(n)));
      faulty.heal();
      await Promise.all(calls);
      return order;
    };
    expect(await orderOf(5)).toStrictEqual(await orderOf(5));
    expect(await orderOf(5)).not.toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await orderOf(5)).not.toStrictEqual(await orderOf(6));
  });

  test('delays a call by its clock', async () => {
    const { faulty, clock } = setUp();
    await faulty.setMany([A]);
    faulty.delay(100);
    let isDone = false;
    const read = Promise.resolve(faulty.getMany([A.key])).then((found) => {
      isDone = true;
      return found;
    });
    await clock.advance(99);
    expect(isDone).toBe(false);
    await clock.advance(1);
    assertSame(await read, [A.bytes]);
  });

  test('turns one bit of what is read, and leaves what is kept alone', async () => {
    const { faulty } = setUp();
    await faulty.setMany([A, B]);
    faulty.corrupt();
    const found = await faulty.getMany([A.key, 'main:quote:none', B.key]);
    for (const [at, { bytes }] of [
      [0, A],
      [2, B],
    ] as const) {
      const bits = bytes.reduce((count, byte, n) => count + (byte ^ (found[at]?.[n] ?? 0)).toString(2).replaceAll('0', '').length, 0);
      expect(bits).toBe(1);
    }
    expect(found[1]).toBeUndefined();
    assertSame(await faulty.getMany([A.key, B.key]), [A.bytes, B.bytes]);
  });

  test('drops writes, and says that they were done', async () => {
    const { faulty } = setUp();
    faulty.drop({ times: 1 });
    expect(await faulty.setMany([A, B])).toStrictEqual([true, true]);
    expect(await collect(faulty, '*')).toStrictEqual([]);
    await faulty.setMany([A]);
    faulty.drop({ calls: ['deleteMany'] });
    await faulty.deleteMany([A.key], { stamp: 9, origin: 1 });
    assertSame(await faulty.getMany([A.key]), [A.bytes]);
  });

  test('befalls a share of the calls', async () => {
    const { faulty } = setUp();
    faulty.fail({ share: 0.25, times: Number.POSITIVE_INFINITY });
    let failures = 0;
    for (let call = 0; call < 400; call += 1) await faulty.flush().catch(() => (failures += 1));
    expect(failures).toBeGreaterThan(60);
    expect(failures).toBeLessThan(140);
  });

  test('fails scans, and is well again when healed', async () => {
    const { faulty } = setUp();
    await faulty.setMany([A]);
    faulty.fail({ times: Number.POSITIVE_INFINITY });
    await expect(collect(faulty, '*')).rejects.toThrow('a fault made to order');
    faulty.heal();
    expect(await collect(faulty, '*')).toStrictEqual([A.key]);
  });
});
