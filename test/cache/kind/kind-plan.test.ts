import { describe, expect, test } from 'vitest';
import type { KindOptions } from '../../../src/cache/kind/kind.ts';
import { kind } from '../../../src/cache/kind/kind.ts';
import { DEFAULT_LIFETIME, planKind } from '../../../src/cache/kind/kind-plan.ts';
import { binaryCodec } from '../../../src/entry/codec/binary-codec.ts';
import type { Codec } from '../../../src/entry/codec/codec.ts';
import { jsonCodec } from '../../../src/entry/codec/json-codec.ts';
import { deflate, fastestCompression, zstd } from '../../../src/entry/compression.ts';
import { ConfigError } from '../../../src/errors.ts';
import { type LifetimeSubject, MAX_LIFETIME_MS } from '../../../src/lifetime/lifetime.ts';
import { HOUR, MINUTE, SECOND } from '../../../src/time/duration.ts';

const plan = (options: KindOptions<string, number> = {}, name = 'quote') => planKind(name, options, DEFAULT_LIFETIME);
const subject: LifetimeSubject<string, number> = { key: 'AAPL', value: 1, askedAt: 0, eventAt: undefined, random: () => 0.5 };

describe('the plan of a kind', () => {
  test('has a default for everything', () => {
    expect(plan()).toMatchObject({
      name: 'quote',
      negativeMs: SECOND,
      batchSize: 100,
      softDeadlineMs: 200,
      deadlineMs: 30 * SECOND,
      refreshAhead: 0,
      earlyRefresh: 0,
      backoffMs: SECOND,
      maxBackoffMs: 30 * SECOND,
      maxConcurrentLoads: 64,
      maxQueuedLoads: 10_000,
      codec: binaryCodec,
      isRemote: true,
      isSensitive: false,
      maxValueBytes: undefined,
      compressing: { compression: fastestCompression, fromBytes: 2_048 },
      load: undefined,
      loadMany: undefined,
      schema: undefined,
    });
    expect(plan().lifetime(subject)).toEqual({ ttlMs: MINUTE, graceMs: 0, why: '' });
    expect(plan().isolate.copies).toBe(false);
  });

  test('takes what the kind says, parsed once', () => {
    const load = () => 1;
    const options: KindOptions<string, number> = {
      lifetime: { ttl: '5s', grace: '1h' },
      negativeTtl: 0,
      load,
      batchSize: 7,
      softDeadline: '1s',
      deadline: '2s',
      refreshAhead: 0.1,
      earlyRefresh: 1.5,
      backoff: '3s',
      maxBackoff: '4s',
      maxConcurrentLoads: 1,
      maxQueuedLoads: 0,
      isolation: 'clone',
      codec: 'json',
      remote: false,
      sensitive: true,
      maxValueBytes: '1mb',
      compression: { algorithm: 'deflate', from: '4kb' },
    };
    expect(plan(kind(options).options)).toMatchObject({
      negativeMs: 0,
      load,
      batchSize: 7,
      softDeadlineMs: SECOND,
      deadlineMs: 2 * SECOND,
      refreshAhead: 0.1,
      earlyRefresh: 1.5,
      backoffMs: 3 * SECOND,
      maxBackoffMs: 4 * SECOND,
      maxConcurrentLoads: 1,
      maxQueuedLoads: 0,
      codec: jsonCodec,
      isRemote: false,
      isSensitive: true,
      maxValueBytes: 1_024 ** 2,
      compressing: { compression: deflate, fromBytes: 4_096 },
    });
    expect(plan(options).lifetime(subject)).toEqual({ ttlMs: 5 * SECOND, graceMs: HOUR, why: '' });
    expect(plan(options).isolate.copies).toBe(true);
  });

  test('is frozen', () => {
    expect(Object.isFrozen(plan())).toBe(true);
  });

  test('reads what any of our codecs wrote, whichever it writes with, and its own', () => {
    const own: Codec = { id: 77, name: 'own', encode: () => new Uint8Array(), decode: () => 1 };
    for (const codec of ['binary', 'json', own] as const) {
      const { codecs } = plan({ codec });
      expect([codecs.get(binaryCodec.id), codecs.get(jsonCodec.id)]).toEqual([binaryCodec, jsonCodec]);
      expect(codecs.get(77)).toBe(codec === own ? own : undefined);
    }
    expect(plan({ codec: own }).codec).toBe(own);
  });

  test('compresses by the name it gives, or not at all', () => {
    expect(plan({ compression: 'none' }).compressing.fromBytes).toBe(Number.POSITIVE_INFINITY);
    expect(plan({ compression: { algorithm: 'none', from: '4kb' } }).compressing.fromBytes).toBe(Number.POSITIVE_INFINITY);
    expect(plan({ compression: 'deflate' }).compressing).toEqual({ compression: deflate, fromBytes: 2_048 });
    expect(plan({ compression: { from: '8kb' } }).compressing).toEqual({ compression: fastestCompression, fromBytes: 8_192 });
    if (zstd) expect(plan({ compression: 'zstd' }).compressing.compression).toBe(zstd);
    else expect(() => plan({ compression: 'zstd' })).toThrow('which this Node.js has not');
  });

  test('may be nameless, for plain keys', () => {
    expect(plan({}, '').name).toBe('');
    expect(() => plan({ batchSize: 0 }, '')).toThrow('`batchSize`');
  });
});

describe('a kind is refused, by the name of its option, when', () => {
  test.each<[string, unknown[]]>([
    ['negativeTtl', [-1, '5 s', Number.NaN]],
    ['batchSize', [0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, '100']],
    ['softDeadline', [-1, 'soon']],
    ['deadline', [-1, '30']],
    ['refreshAhead', [-0.1, 1.1, Number.NaN]],
    ['earlyRefresh', [-1, Number.NaN]],
    ['backoff', [-1, '1 s']],
    ['maxBackoff', [-1, '1w']],
    ['maxConcurrentLoads', [0, 2.5]],
    ['maxQueuedLoads', [-1, Number.NaN]],
    ['isolation', ['copy', 5]],
    ['codec', ['cbor', null, 5]],
    ['sensitive', ['yes', 1]],
    ['maxValueBytes', [0, -1, '5 mb', Number.NaN]],
    ['compression', ['gzip', 'toString', 5, { level: 3 }]],
  ])('%s is none of what it may be', (option, values) => {
    for (const value of values) {
      expect(() => plan({ [option]: value })).toThrow(ConfigError);
      expect(() => plan({ [option]: value })).toThrow(`\`kinds.quote.${option}\``);
    }
  });

  test('its compression has a part that is none', () => {
    expect(() => plan({ compression: { algorithm: 'brotli' as 'zstd' } })).toThrow('`kinds.quote.compression.algorithm` is "brotli"');
    expect(() => plan({ compression: { from: 0 } })).toThrow('`kinds.quote.compression.from` is 0');
  });

  test('its name is none', () => {
    expect(() => plan({}, 'a:b')).toThrow(ConfigError);
  });

  test('its lifetime is none', () => {
    expect(() => plan({ lifetime: '5 s' as '5s' })).toThrow(ConfigError);
    expect(() => plan({ lifetime: { ttl: '5s', grace: '1w' as '1d' } })).toThrow('grace` is "1w"');
  });

  // The lifetime is read where nobody knows whose it is.
  test.each([{ lifetime: '5 s' }, { lifetime: { ttl: '5s', grace: '1w' } }, { lifetime: { ttl: '5s', jitter: 2 } }])(
    'its lifetime is none, and it says whose: %j',
    (options) => {
      expect(() => plan(options as KindOptions<string, number>)).toThrow('`kinds.quote.lifetime');
    },
  );

  // A negative entry would then live for ever: its grace is Infinity less Infinity, and nothing is later than NaN.
  test('its negative results would live for ever, or they are bounded as all others are', () => {
    expect(plan({ negativeTtl: Number.POSITIVE_INFINITY }).negativeMs).toBeLessThanOrEqual(MAX_LIFETIME_MS);
  });

  // With β without end the instant of attention is no number, and memory serves the value for ever.
  test('its β has no end', () => {
    expect(() => plan({ earlyRefresh: Number.POSITIVE_INFINITY })).toThrow(ConfigError);
  });

  // A table that is an object has what every object has, too.
  test('its codec is named like a method of every object', () => {
    expect(() => plan({ codec: 'toString' as 'json' })).toThrow(ConfigError);
  });

  // Ids below 16 are ours; a codec that takes one of them reads what ours wrote.
  test.each([1, 15, 0, 256, 1.5])('its codec has the id %d, which is not free', (id) => {
    const codec: Codec = { id, name: 'own', encode: () => new Uint8Array(), decode: () => 1 };
    expect(() => plan({ codec })).toThrow(ConfigError);
  });
});
