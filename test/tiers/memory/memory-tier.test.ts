import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import { ConfigError } from '../../../src/errors.ts';
import type { PolicyName } from '../../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../../src/policy/policies.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import type { LocalPartition, PartitionObserver } from '../../../src/tiers/local-tier.ts';
import type { MemoryOptions } from '../../../src/tiers/memory/memory-options.ts';
import { MemoryTier } from '../../../src/tiers/memory/memory-tier.ts';
import { isAlwaysProtected, SlowMemory, type Weight } from './slow-memory.ts';

const PARTITIONS = [0, 1, 2];

interface Offer {
  readonly does: 'put';
  readonly partition: number;
  readonly key: number;
  readonly bytes: number;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly attention: number;
  readonly eventAt: number | undefined;
  readonly stamp: number;
  readonly origin: number;
  readonly tags: readonly string[];
  readonly isNegative: boolean;
}

/** Some keys are asked for more than others. */
const keyNumber = fc.oneof(fc.nat(3), fc.nat(1_000));

const offer: fc.Arbitrary<Offer> = fc.record({
  does: fc.constant('put' as const),
  partition: fc.constantFrom(...PARTITIONS),
  key: keyNumber,
  bytes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 300 }) }, fc.constantFrom(0.5, 700, 10_000)),
  ttlMs: fc.constantFrom(0, 1, 1_500, 60_000, 60_000, 60_000),
  graceMs: fc.constantFrom(0, 0, 1, 700, 5_000),
  attention: fc.constantFrom(0, 0.5, 1, 1, 2),
  eventAt: fc.constantFrom(undefined, undefined, 1, 2, 3),
  stamp: fc.constantFrom(0, 1, 2, 3, 3),
  origin: fc.nat(2),
  tags: fc.constantFrom(NO_TAGS, NO_TAGS, ['sym:AAPL'], []),
  isNegative: fc.constantFrom(false, false, false, true),
});

const question = fc.record({
  does: fc.constantFrom(
    'read',
    'read',
    'read',
    'read',
    'find',
    'find',
    'touch',
    'confirm',
    'confirm',
    'remove',
    'expire',
    'protect',
    'unprotect',
  ),
  partition: fc.constantFrom(...PARTITIONS),
  key: keyNumber,
});

const other = fc.oneof(
  fc.record({ does: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 1, 1, 1, 1, 499, 1_000, 2_500) }),
  fc.record({ does: fc.constant('doubt' as const) }),
  fc.record({
    does: fc.constant('resize' as const),
    policy: fc.option(fc.constantFrom(...(Object.keys(POLICIES) as PolicyName[])), { nil: undefined }),
    // Past 64 entries hybrid has shadows, which its slow model has not.
    factor: fc.constantFrom(undefined, 0.3, 0.7, 1, 1.2),
  }),
);

type Step = Offer | (typeof question extends fc.Arbitrary<infer Q> ? Q : never) | (typeof other extends fc.Arbitrary<infer O> ? O : never);

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 8, arbitrary: offer }, { weight: 16, arbitrary: question }, { weight: 1, arbitrary: other }),
  { size: 'max', maxLength: 2_500 },
);

function entryOf(step: Offer, key: string, now: number, bytes: number): Entry<Weight> {
  return {
    key,
    value: step.isNegative ? undefined : { bytes },
    isNegative: step.isNegative,
    eventAt: step.eventAt,
    askedAt: now,
    staleAt: now + step.ttlMs,
    deadAt: now + step.ttlMs + step.graceMs,
    version: step.stamp === 0 ? OLDEST : { stamp: step.stamp, origin: step.origin },
    tags: step.tags,
    source: step.bytes % 2 === 0 ? 'replay' : undefined,
    isFinal: step.ttlMs === 60_000,
    why: step.ttlMs === 0 ? 'always stale' : '',
  };
}

/** Does the same to a memory and to its slow model, and compares after every step. */
async function compare(taken: readonly Step[], policy: PolicyName, maxEntries: number): Promise<void> {
  const clock = new FakeClock();
  const limits = { maxEntries, maxBytes: maxEntries * 100 + 800, maxEntryBytes: 800, maxProtectedShare: 0.5 };
  const tier = new MemoryTier({ ...limits, policy, pressure: false }, { clock });
  const model = new SlowMemory(limits, policy);
  let policyNow = policy;
  const told: string[] = [];
  const observers = PARTITIONS.map(
    (number): PartitionObserver => ({
      removed: (key, cause) => told.push(`${number} ${key} ${cause}`),
      oversized: (key) => told.push(`${number} ${key} oversized`),
    }),
  );
  const partitions = observers.map((observer) =>
    tier.partition<Weight>({ weigh: ({ bytes }) => bytes, isProtected: isAlwaysProtected }, observer),
  );
  const partition = (number: number): LocalPartition<Weight> => partitions[number] as LocalPartition<Weight>;
  const keyOf = (key: number): string => `k${key % (Math.ceil(maxEntries / 2) + 2)}`;

  const take = async (step: Step): Promise<[unknown, unknown]> => {
    switch (step.does) {
      case 'doubt':
        return [tier.doubtTagged(), model.doubtTagged()];
      case 'resize': {
        const entriesNow = Math.max(1, Math.round(maxEntries * (step.factor ?? 1)));
        const changed = step.factor === undefined ? model.limits : { ...limits, maxEntries: entriesNow, maxBytes: entriesNow * 100 + 800 };
        policyNow = step.policy ?? policyNow;
        const { maxProtectedShare: _, ...change } = changed;
        return [tier.resize({ ...change, policy: policyNow }), model.resize(changed, policyNow)];
      }
      case 'advance':
        return [await clock.advance(step.ms), model.advance(step.ms)];
      case 'put': {
        const key = keyOf(step.key);
        const entry = entryOf(step, key, model.now, step.bytes);
        const attentionAt = model.now + step.ttlMs * step.attention;
        return [partition(step.partition).put(entry, attentionAt), model.put(step.partition, entry, attentionAt)];
      }
      case 'read':
      case 'find':
      case 'touch':
        return [partition(step.partition)[step.does](keyOf(step.key)), model[step.does](step.partition, keyOf(step.key))];
      case 'protect':
      case 'unprotect':
        return [partition(step.partition)[step.does](keyOf(step.key)), model[step.does](step.partition, keyOf(step.key))];
      case 'remove':
        return [partition(step.partition).remove(keyOf(step.key), 'explicit'), model.remove(step.partition, keyOf(step.key))];
      case 'expire':
        return [partition(step.partition).expire(keyOf(step.key), model.now), model.expire(step.partition, keyOf(step.key))];
      case 'confirm':
        if (!model.isTagged(step.partition, keyOf(step.key))) return [undefined, undefined];
        return [partition(step.partition).confirm(keyOf(step.key)), model.confirm(step.partition, keyOf(step.key))];
    }
  };

  for (const step of taken) {
    const [answer, expected] = await take(step);
    const isSame = answer === expected || step.does === 'find';
    if (!isSame) expect(answer).toBe(expected);
    if (step.does === 'find') expect(answer).toEqual(expected);

    if (step.does === 'advance') {
      told.sort();
      model.told.sort();
    }
    if (told.join() !== model.told.join()) expect(told).toEqual(model.told);
    told.length = 0;
    model.told.length = 0;

    const { entries, bytes, ...usage } = tier.usage;
    const { protectedEntries, protectedBytes, unprotectable } = model;
    expect(usage).toMatchObject({ protectedEntries, protectedBytes, unprotectable });
    if (entries !== model.entries || bytes !== model.bytes)
      expect({ entries, bytes }).toEqual({ entries: model.entries, bytes: model.bytes });
    if (entries > model.limits.maxEntries || bytes > model.limits.maxBytes)
      throw new Error(`Its bounds are passed: ${entries} entries, ${bytes} bytes`);
    if (clock.timerCount !== model.timerCount) throw new Error(`${clock.timerCount} timers are set, not ${model.timerCount}`);
  }
  for (const number of PARTITIONS) {
    expect(partition(number).size).toBe(model.size(number));
    expect([...partition(number).keys()].sort()).toEqual(model.keys(number).sort());
    for (const key of model.keys(number)) expect(partition(number).find(key)).toEqual(model.find(number, key));
  }
  tier[Symbol.dispose]();
  expect(clock.timerCount).toBe(0);
}

describe('MemoryTier', () => {
  test.each(Object.keys(POLICIES) as PolicyName[])('does what its slow model does, step by step, under %s', async (policy) => {
    const maxEntries = fc.constantFrom(1, 3, 12, 50);
    await fc.assert(
      fc.asyncProperty(steps, maxEntries, (taken, entries) => compare(taken, policy, entries)),
      { numRuns: 40 },
    );
  });
});

const ignore: PartitionObserver = { removed: () => {}, oversized: () => {} };

const aged = (key: string, value: unknown, rest: Partial<Entry> = {}): Entry => ({
  key,
  value,
  isNegative: false,
  eventAt: undefined,
  askedAt: 0,
  staleAt: 1e9,
  deadAt: 1e9,
  version: OLDEST,
  tags: NO_TAGS,
  source: undefined,
  isFinal: false,
  why: '',
  ...rest,
});

describe('the bounds of memory', () => {
  test('are 100 000 entries, 256 MB and hybrid, unless one is told', () => {
    expect(new MemoryTier().usage).toEqual({
      entries: 0,
      maxEntries: 100_000,
      bytes: 0,
      maxBytes: 256 * 1_024 ** 2,
      allowedBytes: 256 * 1_024 ** 2,
      reliefs: 0,
      policy: 'hybrid',
      protectedEntries: 0,
      protectedBytes: 0,
      unprotectable: 0,
      parts: [],
    });
  });

  test('may be given as text', () => {
    expect(new MemoryTier({ maxEntries: 5, maxBytes: '2kb', policy: 'sieve' }).usage).toMatchObject({
      maxEntries: 5,
      maxBytes: 2_048,
      policy: 'sieve',
    });
  });

  test.each<[MemoryOptions, string]>([
    [{ maxEntries: 0 }, 'memory.maxEntries'],
    [{ maxEntries: 1.5 }, 'memory.maxEntries'],
    [{ maxEntries: Number.NaN }, 'memory.maxEntries'],
    [{ maxEntries: 2 ** 31 + 1 }, 'memory.maxEntries'],
    [{ maxBytes: 0 }, 'memory.maxBytes'],
    [{ maxBytes: '5 mb' as '5mb' }, 'memory.maxBytes'],
    [{ maxEntryBytes: -1 }, 'memory.maxEntryBytes'],
    [{ policy: 'mru' as 'lru' }, 'memory.policy'],
  ])('are refused when they are %j, by the name of the option', (options, name) => {
    expect(() => new MemoryTier(options)).toThrow(ConfigError);
    expect(() => new MemoryTier(options)).toThrow(name);
  });

  test('names the policies there are when it is asked for another', () => {
    expect(() => new MemoryTier({ policy: 'mru' as 'lru' })).toThrow(Object.keys(POLICIES).join(', '));
  });

  // `POLICIES[…]` finds what every object has, too.
  test('refuses a policy that is named like a method of every object', () => {
    expect(() => new MemoryTier({ policy: 'toString' as 'lru' })).toThrow(ConfigError);
  });

  test('admit no entry heavier than a quarter of all bytes', () => {
    const tier = new MemoryTier({ maxBytes: 4_000 });
    const partition = tier.partition<unknown>({ weigh: (value) => Number(value) }, ignore);
    expect(partition.put(aged('a', 1_000 - 96 - 1), 1e9)).toBe('stored');
    expect(partition.put(aged('a', 1_000 - 96), 1e9)).toBe('oversized');
    expect(partition.size).toBe(0);
  });

  // A single entry is admitted by `maxEntryBytes`, and then nothing is left that could leave for it.
  test('hold when one entry may be heavier than all are together', () => {
    const tier = new MemoryTier({ maxBytes: 1_000, maxEntryBytes: 10_000 });
    tier.partition<unknown>({ weigh: (value) => Number(value) }, ignore).put(aged('a', 5_000), 1e9);
    expect(tier.usage.bytes).toBeLessThanOrEqual(1_000);
  });

  // The sum becomes NaN, and a sum that is no number is never too large.
  test.each([Number.NaN, -1_000_000, undefined])('hold when a weigher answers %s', (answer) => {
    const tier = new MemoryTier({ maxBytes: 5_000 });
    const partition = tier.partition<unknown>({ weigh: (value) => (value === 'odd' ? Number(answer) : 1_000) }, ignore);
    partition.put(aged('odd', 'odd'), 1e9);
    for (let at = 0; at < 20; at += 1) partition.put(aged(`k${at}`, at), 1e9);
    partition.remove('odd', 'explicit');
    expect(partition.size).toBeLessThanOrEqual(5);
  });

  test('hold for all partitions together', () => {
    const tier = new MemoryTier({ maxEntries: 10 });
    const [one, two] = [tier.partition({}, ignore), tier.partition({}, ignore)];
    for (let at = 0; at < 10; at += 1) {
      one.put(aged(`k${at}`, at), 1e9);
      two.put(aged(`k${at}`, at), 1e9);
    }
    expect([one.size, two.size]).toEqual([5, 5]);
    expect(tier.usage.entries).toBe(10);
  });
});

describe('what replaces an entry', () => {
  const observed = (policy: PolicyName) => {
    const told: string[] = [];
    const tier = new MemoryTier({ maxBytes: 1_000, maxEntryBytes: 1_000, policy });
    const partition = tier.partition<number>(
      { weigh: (value) => value },
      { removed: (key, cause) => told.push(`${key} ${cause}`), oversized: (key) => told.push(`${key} oversized`) },
    );
    const put = (key: string, bytes: number) => partition.put(aged(key, bytes) as Entry<number>, 1e9);
    return { partition, put, told };
  };

  test('makes others leave when it is heavier than what was there, under lru', () => {
    const { partition, put, told } = observed('lru');
    put('a', 300);
    put('b', 300);
    expect(put('a', 800)).toBe('stored');
    expect(partition.read('a')).toBe(800);
    expect(told).toEqual(['b evicted', 'a replaced']);
  });

  // All others were used, so the hand passes over each once and comes back to the one that was just stored.
  test('is not the one that leaves, under sieve, though all others were used', () => {
    const { partition, put } = observed('sieve');
    put('a', 300);
    put('b', 300);
    partition.read('b');
    expect(put('a', 800)).toBe('stored');
    expect(partition.read('a')).toBe(800);
  });

  test('drops what was there when it is too heavy itself, for that is outdated', () => {
    const { partition, put, told } = observed('lru');
    put('a', 300);
    expect(put('a', 5_000)).toBe('oversized');
    expect(partition.read('a')).toBeUndefined();
    expect(told).toEqual(['a replaced', 'a oversized']);
  });
});

describe('an observer that writes', () => {
  const rewriting = (options: MemoryOptions, rewrites: (key: string, cause: string) => Entry | undefined) => {
    const clock = new FakeClock();
    const told: string[] = [];
    const tier = new MemoryTier(options, { clock });
    const partition = tier.partition<unknown>(
      {},
      {
        removed: (key, cause) => {
          told.push(`${key} ${cause}`);
          const entry = rewrites(key, cause);
          if (entry) partition.put(entry, entry.staleAt);
        },
        oversized: () => {},
      },
    );
    return { clock, tier, partition, told };
  };

  test('finds room for what it writes when another entry was evicted', () => {
    const { tier, partition } = rewriting({ maxEntries: 3 }, (key) => (key === 'b' ? aged('log', key) : undefined));
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) partition.put(aged(key, key), 1e9);
    expect(tier.usage.entries).toBe(3);
    expect(partition.size).toBe(3);
    expect(partition.read('f')).toBe('f');
  });

  // `put` looked for the row before the observer wrote one, so that the key then has two rows, and one is nobody's.
  test('does not leave a second row under the key whose death it was told of', async () => {
    const { clock, tier, partition } = rewriting({}, (key, cause) => (cause === 'expired' ? aged(key, 'last known') : undefined));
    partition.put(aged('a', 1, { staleAt: 500, deadAt: 500 }), 500);
    await clock.advance(500);
    partition.put(aged('a', 2), 1e9);
    expect(partition.size).toBe(1);
    expect(tier.usage.entries).toBe(1);
  });
});

describe('the memory of the dead', () => {
  test('comes back without a read, and no timer is left', async () => {
    const clock = new FakeClock();
    const tier = new MemoryTier({}, { clock });
    const partition = tier.partition<number>({}, ignore);
    for (let at = 0; at < 1_000; at += 1) partition.put(aged(`k${at}`, at, { staleAt: at, deadAt: at + 500 }) as Entry<number>, at);
    expect(clock.timerCount).toBe(2);
    await clock.advance(1_000);
    expect(tier.usage.entries).toBe(499);
    await clock.advance(1_000);
    expect(tier.usage).toMatchObject({ entries: 0, bytes: 0 });
    expect(clock.timerCount).toBe(0);
  });

  test('comes back in turns when there is much of it', async () => {
    const clock = new FakeClock();
    const tier = new MemoryTier({ maxEntries: 100_000 }, { clock });
    const partition = tier.partition<number>({ weigh: () => 1 }, ignore);
    for (let at = 0; at < 100_000; at += 1) partition.put(aged(`k${at}`, at, { staleAt: 1, deadAt: 1 }) as Entry<number>, 1);
    await clock.advance(1_000);
    expect(tier.usage.entries).toBe(100_000 - 65_536);
    await clock.advance(1_000);
    expect(tier.usage.entries).toBe(0);
    expect(clock.timerCount).toBe(0);
  });

  test('is looked for again once entries come after none were left', async () => {
    const clock = new FakeClock();
    const tier = new MemoryTier({}, { clock });
    const partition = tier.partition<number>({}, ignore);
    for (let round = 0; round < 3; round += 1) {
      const now = clock.monotonic();
      partition.put(aged('a', 1, { staleAt: now + 10, deadAt: now + 10 }) as Entry<number>, now + 10);
      expect(clock.timerCount).toBe(2);
      await clock.advance(1_000);
      expect(clock.timerCount).toBe(0);
    }
  });

  test('is looked for no more once the tier is disposed of', async () => {
    const clock = new FakeClock();
    const tier = new MemoryTier({}, { clock });
    tier.partition<number>({}, ignore).put(aged('a', 1) as Entry<number>, 1e9);
    tier[Symbol.dispose]();
    tier[Symbol.dispose]();
    expect(clock.timerCount).toBe(0);
  });

  // The sweep sets its next timer after the observer has disposed of the tier.
  test('is looked for no more when an observer disposes of the tier', async () => {
    const clock = new FakeClock();
    const tier = new MemoryTier({}, { clock });
    const partition = tier.partition<number>({}, { removed: () => tier[Symbol.dispose](), oversized: () => {} });
    partition.put(aged('a', 1, { staleAt: 10, deadAt: 10 }) as Entry<number>, 10);
    partition.put(aged('b', 1) as Entry<number>, 1e9);
    await clock.advance(1_000);
    expect(clock.timerCount).toBe(0);
  });
});
