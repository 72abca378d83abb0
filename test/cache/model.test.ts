import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CacheOf, createCache, type EntryInfo, type Isolation, kind, LoadError, type RemoteTier } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { SECOND } from '../../src/time/duration.ts';

/**
 * The read-through engine against a model of a few lines, one operation at a time,
 * over every matrix of tiers, isolation and codec: whatever the engine keeps where,
 * a reader must see what the model says.
 */

interface Value {
  readonly id: number;
  readonly asOf?: number;
}

/** What the model knows of a key. */
interface Known {
  readonly value: Value | undefined;
  readonly staleAt: number;
  readonly deadAt: number;
  readonly tag: string;
}

const TTL = 5 * SECOND;
const GRACE = 10 * SECOND;
const NEGATIVE = 1 * SECOND;
const KEYS = ['a', 'b', 'ab', 'c*', '日'];
const tagOf = (key: string): string => `t${key.length}`;

interface Setup {
  readonly memory: number;
  readonly remotes: number;
  readonly isolation: Isolation;
  readonly codec: 'binary' | 'json';
}

class Model {
  readonly entries = new Map<string, Known>();
  now = 0;
  lastId = 0;

  alive(key: string): Known | undefined {
    const known = this.entries.get(key);
    return known && this.now < known.deadAt ? known : undefined;
  }

  fresh(key: string): Known | undefined {
    const known = this.alive(key);
    return known && this.now < known.staleAt ? known : undefined;
  }

  /** Whether the value is kept: not when a later event is there. */
  put(key: string, value: Value | undefined): boolean {
    const there = this.alive(key)?.value?.asOf;
    if (value?.asOf !== undefined && there !== undefined && there > value.asOf) return false;
    const staleAt = this.now + (value === undefined ? NEGATIVE : TTL);
    this.entries.set(key, {
      value,
      staleAt,
      deadAt: value === undefined ? staleAt : staleAt + GRACE,
      tag: value === undefined ? '' : tagOf(key),
    });
    return true;
  }

  expire(matches: (key: string, known: Known) => boolean): void {
    for (const [key, known] of this.entries) {
      if (this.now >= known.staleAt || !matches(key, known)) continue;
      this.entries.set(key, { ...known, staleAt: this.now, deadAt: this.now + (known.deadAt - known.staleAt) });
    }
  }

  remove(matches: (key: string, known: Known) => boolean): void {
    for (const [key, known] of this.entries) if (matches(key, known)) this.entries.delete(key);
  }
}

class Real {
  readonly clock = new FakeClock();
  readonly #setup: Setup;
  readonly #remotes: RemoteTier[];
  #cache: CacheOf<{ k: ReturnType<typeof kind<string, Value>> }>;

  constructor(setup: Setup) {
    this.#setup = setup;
    this.#remotes = Array.from({ length: setup.remotes }, (_, at) => new MemoryRemoteTier({ name: `remote-${at}`, clock: this.clock }));
    this.#cache = this.#open();
  }

  get cache(): CacheOf<{ k: ReturnType<typeof kind<string, Value>> }> {
    return this.#cache;
  }

  get isPersistent(): boolean {
    return this.#setup.remotes > 0;
  }

  /** A new process over the same remote tiers. */
  async restart(): Promise<void> {
    await this.#cache.flush();
    await this.clock.advance(1);
    this.#cache = this.#open();
  }

  #open(): CacheOf<{ k: ReturnType<typeof kind<string, Value>> }> {
    const { memory, isolation, codec } = this.#setup;
    const k = kind<string, Value>({
      lifetime: { ttl: TTL, grace: GRACE },
      negativeTtl: NEGATIVE,
      backoff: 0,
      order: (value) => value.asOf ?? Number.NaN,
      tags: (key) => [tagOf(key)],
      isolation,
      codec,
    });
    return createCache({ kinds: { k }, memory: { maxEntries: memory }, remote: this.#remotes, clock: this.clock, random: Math.random });
  }
}

type Step = fc.AsyncCommand<Model, Real>;

function step(name: string, run: (model: Model, real: Real) => Promise<void>, check = (_: Model): boolean => true): Step {
  return {
    check,
    run: async (model, real) => {
      await run(model, real);
      await real.cache.flush();
    },
    toString: () => name,
  };
}

function expectReading(reading: EntryInfo<Value> | undefined, known: Known | undefined, model: Model): void {
  if (!known) {
    expect(reading).toBeUndefined();
    return;
  }
  expect(reading?.value).toEqual(known.value);
  expect(reading?.outcome).toBe(model.now < known.staleAt ? 'hit' : 'stale');
}

const key = fc.constantFrom(...KEYS);
const asOf = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
const value = (model: Model, at: number | undefined): Value => {
  model.lastId += 1;
  return at === undefined ? { id: model.lastId } : { id: model.lastId, asOf: at };
};

const steps = [
  fc.tuple(key, asOf).map(([k, at]) =>
    step(`set(${k}, asOf ${at})`, async (model, real) => {
      const next = value(model, at);
      expect(await real.cache.k.set(k, next)).toBe(model.put(k, next));
    }),
  ),
  key.map((k) =>
    step(`entry(${k})`, async (model, real) => {
      expectReading(await real.cache.k.entry(k), model.alive(k), model);
    }),
  ),
  key.map((k) =>
    step(`get(${k})`, async (model, real) => {
      expect(await real.cache.k.get(k)).toEqual(model.fresh(k)?.value);
    }),
  ),
  key.map((k) =>
    step(`peek(${k})`, async (model, real) => {
      const seen = real.cache.k.peek(k);
      if (seen !== undefined) expect(seen).toEqual(model.fresh(k)?.value);
    }),
  ),
  fc.tuple(key, asOf, fc.constantFrom('ok', 'nothing', 'fails', 'unmodified', 'skipped')).map(([k, at, how]) =>
    step(`getOrLoad(${k}, asOf ${at}, ${how})`, async (model, real) => {
      const next = value(model, at);
      const before = model.alive(k);
      let isLoaded = false;
      const read = real.cache.k.getOrLoad(k, ({ stale, notModified, skip }) => {
        isLoaded = true;
        expect(stale).toEqual(before?.value);
        if (how === 'fails') throw new Error('feed is down');
        if (how === 'unmodified' && stale !== undefined) return notModified();
        if (how === 'skipped') skip();
        return how === 'nothing' ? undefined : next;
      });
      const fresh = model.fresh(k);
      if (fresh) {
        expect(await read).toEqual(fresh.value);
        expect(isLoaded).toBe(false);
      } else if (how === 'fails') {
        if (before) expect(await read).toEqual(before.value);
        else await expect(read).rejects.toThrow(LoadError);
      } else {
        const loaded = how === 'nothing' ? undefined : how === 'unmodified' && before?.value ? before.value : next;
        const isKept = how === 'skipped' || model.put(k, loaded);
        expect(await read).toEqual(isKept ? loaded : before?.value);
      }
    }),
  ),
  fc.tuple(fc.subarray(KEYS), fc.constantFrom('ok', 'fails')).map(([keys, how]) =>
    step(`getOrLoadMany(${keys}, ${how})`, async (model, real) => {
      const nexts = new Map(keys.map((k) => [k, value(model, undefined)]));
      const missing = new Set(keys.filter((k) => !model.fresh(k)));
      const expected = new Map<string, Value>();
      for (const k of keys) {
        const known = missing.has(k) && how === 'ok' ? undefined : model.alive(k);
        if (known?.value) expected.set(k, known.value);
        if (!missing.has(k) || how !== 'ok') continue;
        const next = nexts.get(k) as Value;
        model.put(k, next);
        expected.set(k, next);
      }
      const answer = await real.cache.k.getOrLoadMany(keys, async (asked) => {
        expect(new Set(asked)).toEqual(missing);
        if (how === 'fails') throw new Error('feed is down');
        return nexts;
      });
      expect(new Map(answer)).toEqual(expected);
      expect([...answer.errors.keys()].sort()).toEqual(how === 'ok' ? [] : keys.filter((k) => missing.has(k) && !expected.has(k)).sort());
    }),
  ),
  fc.subarray(KEYS).map((keys) =>
    step(`getMany(${keys})`, async (model, real) => {
      const expected = new Map(keys.flatMap((k) => (model.fresh(k)?.value ? [[k, model.fresh(k)?.value]] : [])) as [string, Value][]);
      expect(new Map(await real.cache.k.getMany(keys))).toEqual(expected);
    }),
  ),
  key.map((k) =>
    step(`touch(${k})`, async (model, real) => {
      const known = model.alive(k)?.value;
      expect(await real.cache.k.touch(k)).toBe(known !== undefined);
      if (known) model.put(k, known);
    }),
  ),
  key.map((k) =>
    step(`delete(${k})`, async (model, real) => {
      await real.cache.k.delete(k);
      model.remove((other) => other === k);
    }),
  ),
  key.map((k) =>
    step(`expire(${k})`, async (model, real) => {
      await real.cache.expire({ key: `k:${k}` });
      model.expire((other) => other === k);
    }),
  ),
  fc.tuple(fc.constantFrom('t1', 't2'), fc.boolean()).map(([tag, keep]) =>
    step(`${keep ? 'expire' : 'invalidate'}({ tag: ${tag} })`, async (model, real) => {
      await real.cache[keep ? 'expire' : 'invalidate']({ tag });
      if (keep) model.expire((_, known) => known.tag === tag);
      else model.remove((_, known) => known.tag === tag);
    }),
  ),
  fc.tuple(fc.constantFrom('k:a*', 'k:*b', 'k:?', 'k:c\\*', '*', 'j:*'), fc.boolean()).map(([pattern, keep]) =>
    step(`${keep ? 'expire' : 'invalidate'}({ pattern: ${pattern} })`, async (model, real) => {
      const regexp = new RegExp(
        `^${pattern.replaceAll(/\\\*|[*?]/g, (glob) => ({ '\\*': '\\*', '*': '.*', '?': '.' })[glob] ?? '')}$`,
        'u',
      );
      await real.cache[keep ? 'expire' : 'invalidate']({ pattern });
      const matches = (other: string): boolean => regexp.test(`k:${other}`);
      if (keep) model.expire(matches);
      else model.remove(matches);
    }),
  ),
  fc.constant(
    step('clear()', async (model, real) => {
      await real.cache.clear();
      model.entries.clear();
    }),
  ),
  fc.constant(
    step('restart()', async (model, real) => {
      await real.restart();
      model.now += 1;
      if (!real.isPersistent) model.entries.clear();
    }),
  ),
  fc.integer({ min: 1, max: 7_000 }).map((ms) =>
    step(`advance(${ms})`, async (model, real) => {
      await real.clock.advance(ms);
      model.now += ms;
    }),
  ),
];

const setups: Setup[] = [];
for (const isolation of ['reference', 'freeze', 'clone'] as const) {
  for (const codec of ['binary', 'json'] as const) {
    setups.push({ memory: 1_000, remotes: 0, isolation, codec });
    for (const remotes of [1, 2]) for (const memory of [2, 1_000]) setups.push({ memory, remotes, isolation, codec });
  }
}

describe('the read-through engine does what its model says', () => {
  test.each(setups.map((setup) => [JSON.stringify(setup), setup] as const))('with %s', async (_, setup) => {
    await fc.assert(
      fc.asyncProperty(fc.commands(steps, { size: 'max', maxCommands: 60 }), async (commands) => {
        await fc.asyncModelRun(() => ({ model: new Model(), real: new Real(setup) }), commands);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  });
});
