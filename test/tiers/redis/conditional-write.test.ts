import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SealedEntry } from '../../../src/entry/entry.ts';
import { sealTombstone } from '../../../src/entry/envelope.ts';
import { peekHeader } from '../../../src/entry/envelope-header.ts';
import { openRedis } from '../../../src/redis/open-redis.ts';
import type { RedisConnection } from '../../../src/redis/redis-connection.ts';
import { resolveRedis } from '../../../src/redis/redis-options.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { takesPlace } from '../../../src/tiers/precedence.ts';
import { type Verdict, type Write, writeConditionally } from '../../../src/tiers/redis/conditional-write.ts';
import { stubOf } from '../../../src/tiers/redis/redis-layout.ts';
import { RedisServer } from '../../servers/redis-server.ts';

const DAY_TICKS = 86_400_000 * 8_192;

let server: RedisServer;
let connection: RedisConnection;
beforeAll(async () => {
  server = await RedisServer.start();
  connection = openRedis(resolveRedis({ url: server.url }), { connected() {}, disconnected() {} });
  await connection.ready;
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Sample {
  readonly stamp: number;
  readonly origin: number;
  readonly eventAt: number | undefined;
  readonly form: 'entry' | 'stub' | 'tombstone';
}

const few = (max: number): fc.Arbitrary<number> => fc.oneof(fc.nat(2), fc.nat(max));
const sample: fc.Arbitrary<Sample> = fc.record({
  stamp: few(DAY_TICKS),
  origin: few(0xffff_ffff),
  eventAt: fc.option(fc.oneof(fc.nat(2), fc.constantFrom(-1.5, 0, Number.NEGATIVE_INFINITY, 1e300), fc.double({ noNaN: true })), {
    nil: undefined,
  }),
  form: fc.constantFrom('entry', 'stub', 'tombstone'),
});

let count = 0;

function sealed(key: string, { stamp, origin, eventAt, form }: Sample): SealedEntry {
  if (form === 'tombstone') return sealTombstone(key, { stamp, origin }, Number.POSITIVE_INFINITY);
  return sealedSample(key, { stamp, origin, eventAt });
}

function writeOf({ key, bytes }: SealedEntry, { form }: Sample): Write {
  return { redisKey: key, bytes: form === 'stub' ? stubOf(bytes) : Buffer.from(bytes), expiry: undefined };
}

async function verdicts(writes: readonly Write[]): Promise<readonly Verdict[]> {
  return (await writeConditionally(connection, 0, writes, false)).verdicts;
}

describe('the script that writes', () => {
  test('lets take place what `takesPlace` does, whatever stands in two headers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(sample, sample), { size: 'max', minLength: 1, maxLength: 200 }), async (pairs) => {
        const entries = pairs.map(([stored, incoming]) => {
          count += 1;
          return [sealed(`k${count}`, stored), sealed(`k${count}`, incoming)] as const;
        });
        await verdicts(entries.map(([stored], n) => writeOf(stored, pairs[n]![0])));
        const actual = await verdicts(entries.map(([, incoming], n) => writeOf(incoming, pairs[n]![1])));
        const expected = entries.map(([stored, incoming]) => takesPlace(peekHeader(incoming.bytes)!, peekHeader(stored.bytes)));
        expect(actual.map((verdict) => verdict === 'stored')).toStrictEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('tells a repeated write from an older one, and the stub that was replaced', async () => {
    const [first, second] = [sealedSample('repeated', { stamp: 1 }), sealedSample('repeated', { stamp: 2 })].map((entry) =>
      writeOf(entry, { stamp: 0, origin: 0, eventAt: undefined, form: 'stub' }),
    );
    expect(await verdicts([first!, first!, second!, first!])).toStrictEqual(['stored', 'same', 'stored', 'newer']);
    const { replacedStubs } = await writeConditionally(
      connection,
      0,
      [{ ...second!, bytes: sealTombstone('repeated', { stamp: 2, origin: 1 }, 1e15).bytes as Buffer }],
      true,
    );
    expect(replacedStubs).toStrictEqual(new Map([[0, second!.bytes]]));
  });

  test('takes a stamp of more than a day ahead for damage, and one of a day for right', async () => {
    const write = (stamp: number): Write =>
      writeOf(sealedSample('ahead', { stamp }), { stamp, origin: 1, eventAt: undefined, form: 'entry' });
    expect(await verdicts([write(DAY_TICKS + 5), write(5), write(DAY_TICKS + 6), write(5)])).toStrictEqual([
      'stored',
      'newer',
      'stored',
      'stored',
    ]);
    const damaged = write(1);
    damaged.bytes.writeDoubleLE(Number.NaN, 16);
    await verdicts([write(2 * DAY_TICKS)]);
    await server.cli('DEL', 'ahead');
    expect(await verdicts([damaged, write(1)])).toStrictEqual(['stored', 'stored']);
  });
});
