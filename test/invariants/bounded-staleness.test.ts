import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BusHub } from '../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process/in-process-bus.ts';
import { type CacheOf, createCache, kind } from '../../src/index.ts';
import { ChaosBus } from '../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { seeded } from '../../src/testing/seeded.ts';
import { Sleeper } from './sleeper.ts';

const LIFETIME = { ttl: '1h', grace: '1h' } as const;
const KINDS = {
  n: kind<string, number>({ lifetime: LIFETIME, tags: () => ['all'] }),
  pushed: kind<string, number>({ lifetime: LIFETIME, tags: () => ['all'], push: true }),
  leased: kind<string, number>({ lifetime: LIFETIME, tags: () => ['all'], lease: true }),
  /** Ordered by event time, which is the value itself. */
  timed: kind<string, number>({ lifetime: LIFETIME, tags: () => ['all'], order: (at) => at, push: true }),
};
type Name = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Name[];
const KEYS = ['A', 'B', 'C'];
const RUNS = 60;
/** Memory is believed for so long from the last proof, and a call of a tier may take so long. */
const BOUND_MS = 2_000 + 250 + 50;

interface Process {
  readonly cache: CacheOf<typeof KINDS>;
  readonly bus: ChaosBus;
  readonly tier: FaultyTier;
  readonly sleeper: Sleeper;
}

type Step =
  | { readonly do: 'set' | 'delete' | 'read' | 'expire' | 'touch'; readonly at: number; readonly key: string }
  | { readonly do: 'load'; readonly at: number; readonly key: string; readonly ms: number }
  | { readonly do: 'setMany' | 'stop' | 'go' | 'flood'; readonly at: number }
  | { readonly do: 'tag' | 'pattern' | 'clear' | 'cut' | 'silence' | 'heal' | 'sever' | 'restore'; readonly at: number }
  | { readonly do: 'drop' | 'duplicate' | 'reorder' | 'fail'; readonly at: number }
  | { readonly do: 'wait'; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('set', 'set', 'read', 'read', 'read', 'delete', 'expire', 'touch'),
        at: fc.nat(2),
        key: fc.constantFrom(...KEYS),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('load'), at: fc.nat(2), key: fc.constantFrom(...KEYS), ms: fc.nat(3_000) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('setMany', 'stop', 'go', 'go'), at: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('tag', 'pattern', 'clear'), at: fc.nat(2) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('cut', 'silence', 'heal', 'heal', 'drop', 'duplicate', 'reorder', 'fail'),
        at: fc.nat(2),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sever', 'restore'), at: fc.nat(2) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(1_500) }) },
  ),
  { size: 'max', maxLength: 60 },
) as fc.Arbitrary<Step[]>;

const FLOOD: Step = { do: 'flood', at: 0 };

describe('invariant 2: bounded staleness', () => {
  test.each(NAMES.flatMap((name) => [true, false].map((isShared) => [name, isShared] as const)))(
    'no process hands out as fresh what was outdated for longer than memory is believed, whatever the bus loses: %s, with a tier that they share: %s',
    async (name, isShared) => {
      await fc.assert(
        fc.asyncProperty(steps, fc.nat(), (all, seed) => run(name, all, seed, isShared)),
        { numRuns: RUNS, seed: 20_261_120 },
      );
    },
    120_000,
  );

  test('nor when a process loses count of what it has to tell', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), fc.nat(60), (all, seed, at) => run('n', all.toSpliced(at, 0, FLOOD), seed, true)),
      { numRuns: 10, seed: 20_261_120 },
    );
  }, 120_000);
});

/** What may be handed out of a key as fresh: numbers from `least` up, for each process since when it could know. */
interface Truth {
  readonly key: string;
  readonly least: number;
  readonly writer: number;
  /** The tier that all share did not take it. */
  readonly isUnshared: boolean;
  /** Who may store what it asked for before, as long as it does not hear of it. */
  readonly heldUpBy: readonly number[];
  readonly since: number[];
}

/** What was acknowledged, and who could know of it: whoever shares the tier or the bus with its writer, then or later. */
class Truths {
  readonly #clock: FakeClock;
  readonly #isShared: boolean;
  readonly #all: Truth[] = [];
  readonly mute = [false, false, false];
  readonly severed = [false, false, false];
  readonly asleep = [false, false, false];

  constructor(clock: FakeClock, isShared: boolean) {
    this.#clock = clock;
    this.#isShared = isShared;
  }

  outdate(writer: number, keys: readonly string[], least: number, heldUpBy: readonly number[] = []): void {
    const since = this.mute.map((_, reader) =>
      this.#reaches(writer, reader, heldUpBy) ? this.#clock.monotonic() : Number.POSITIVE_INFINITY,
    );
    const isUnshared = !this.#isShared || (this.severed[writer] ?? false);
    for (const key of keys) this.#all.push({ key, least, writer, isUnshared, heldUpBy, since: [...since] });
  }

  /** What a process told last may be lost, and only its next beat would show that. */
  stopped(writer: number): void {
    const now = this.#clock.monotonic();
    for (const { since, ...truth } of this.#all) {
      if (truth.writer !== writer || !truth.isUnshared) continue;
      for (const [reader, at] of since.entries()) {
        if (reader !== writer && at > now - 1_500) since[reader] = Number.POSITIVE_INFINITY;
      }
    }
  }

  /** What could not be known may be on its way now: what waited is sent within a second. */
  changed(): void {
    for (const { writer, since, heldUpBy } of this.#all) {
      for (const [reader, at] of since.entries()) {
        if (at === Number.POSITIVE_INFINITY && this.#reaches(writer, reader, heldUpBy)) since[reader] = this.#clock.monotonic() + 1_000;
      }
    }
  }

  /** What `reader` must not be below now. */
  least(reader: number, key: string): number {
    const latest = this.#clock.monotonic() - BOUND_MS;
    const known = this.#all.filter((truth) => truth.key === key && (truth.since[reader] ?? 0) < latest);
    return Math.max(0, ...known.map(({ least }) => least));
  }

  #reaches(writer: number, reader: number, heldUpBy: readonly number[]): boolean {
    if (writer !== reader && heldUpBy.some((at) => this.mute[at] || this.asleep[at])) return false;
    if (writer === reader || (this.#isShared && !this.severed[writer])) return true;
    return !(this.mute[writer] || this.mute[reader] || this.asleep[writer] || this.asleep[reader]);
  }
}

async function run(name: Name, all: readonly Step[], seed: number, isShared: boolean): Promise<void> {
  const clock = new FakeClock();
  const random = seeded(seed);
  const hub = new BusHub();
  const store = new MemoryRemoteTier({ clock });
  const fleet = [1, 2, 3].map((number): Process => {
    const bus = new ChaosBus(inProcessBus({ hub }), { clock, seed: seed + number });
    const tier = new FaultyTier(store, { clock });
    const sleeper = new Sleeper(clock);
    const shared = isShared ? { remote: tier } : {};
    return { bus, tier, sleeper, cache: createCache({ clock: sleeper.clock, random, bus: sleeper.hearing(bus), kinds: KINDS, ...shared }) };
  });
  const truths = new Truths(clock, isShared);
  let next = 1;
  const seen = new Map<string, number>();
  const look = async (reader: number, key: string): Promise<void> => {
    const least = truths.least(reader, key);
    const value = await patiently(clock, fleet[reader]?.cache[name].get(key) ?? Promise.resolve(undefined));
    if (value === undefined) return;
    expect(value, `${key} at ${clock.monotonic()} ms`).toBeGreaterThanOrEqual(least);
    const place = `${reader} ${key}`;
    expect(value, 'going back').toBeGreaterThanOrEqual(seen.get(place) ?? 0);
    seen.set(place, value);
  };
  const loads: Promise<unknown>[] = [];
  const loading = new Set<number>();
  const expired = new Set<string>();
  const wake = async (at: number): Promise<void> => {
    const { sleeper } = fleet[at] as Process;
    // What goes on first may be a read.
    for (const key of sleeper.isAsleep ? KEYS : []) expect(peek(at, key)).toBeGreaterThanOrEqual(truths.least(at, key));
    sleeper.wake();
    truths.asleep[at] = false;
    truths.changed();
  };
  const peek = (reader: number, key: string): number => fleet[reader]?.cache[name].peek(key) ?? Number.POSITIVE_INFINITY;
  await clock.advance(1_500);
  for (const step of all) {
    if (step.do === 'wait') {
      await clock.advance(step.ms);
      continue;
    }
    // Whoever does something because of what another did does it later.
    await clock.advance(1);
    const { at } = step;
    const { cache, bus, tier, sleeper } = fleet[at] as Process;
    const least = next;
    if (step.do === 'go') {
      await wake(at);
    } else if (sleeper.isAsleep) {
      // It does nothing.
    } else if (step.do === 'stop') {
      sleeper.isAsleep = true;
      truths.asleep[at] = true;
      truths.stopped(at);
    } else if (step.do === 'load') {
      const { clock: own } = sleeper;
      const bring = async (): Promise<number> => {
        const value = next;
        next += 1;
        await new Promise<void>((resolve) => own.after(step.ms, resolve));
        return value;
      };
      const known = truths.least(at, step.key);
      loading.add(at);
      const load = cache[name].getOrLoad(step.key, bring, { allowStale: false });
      const checked = load.then((value) => expect(value).toBeGreaterThanOrEqual(known));
      checked.catch(() => {});
      loads.push(checked);
    } else if (step.do === 'touch') {
      // Who touches what was made stale says that it is true after all.
      if (!expired.has(step.key)) await patiently(clock, cache[name].touch(step.key));
    } else if (step.do === 'flood') {
      await patiently(clock, cache.invalidate({ tags: Array.from({ length: 10_001 }, (_, n) => `flood${n}`) }));
    } else if (step.do === 'setMany') {
      next += 1;
      const kept = await patiently(clock, cache[name].setMany(KEYS.map((key) => [key, least] as const)));
      truths.outdate(
        at,
        KEYS.filter((key) => kept.get(key)),
        least,
      );
    } else if (step.do === 'set') {
      next += 1;
      if (await patiently(clock, cache[name].set(step.key, least))) truths.outdate(at, [step.key], least);
    } else if (step.do === 'read') {
      await look(at, step.key);
    } else if (step.do === 'delete' || step.do === 'expire') {
      expired.add(step.key);
      await patiently(clock, cache[name][step.do](step.key));
      truths.outdate(at, [step.key], least, step.do === 'expire' ? [...loading] : []);
    } else if (step.do === 'tag' || step.do === 'pattern' || step.do === 'clear') {
      await patiently(
        clock,
        step.do === 'clear' ? cache.clear() : cache.invalidate(step.do === 'tag' ? { tag: 'all' } : { pattern: `${name}:*` }),
      );
      truths.outdate(at, KEYS, least, step.do === 'pattern' ? [...loading] : []);
    } else if (step.do === 'cut' || step.do === 'silence') {
      bus.cut({ silent: step.do === 'silence' });
      truths.mute[at] = true;
    } else if (step.do === 'heal') {
      bus.heal();
      truths.mute[at] = false;
      truths.changed();
    } else if (step.do === 'sever') {
      tier.fail({ times: Number.POSITIVE_INFINITY });
      truths.severed[at] = true;
    } else if (step.do === 'restore') {
      tier.heal();
      truths.severed[at] = false;
      truths.changed();
    } else if (step.do === 'fail') {
      bus.failPublish({ after: 'taken' });
    } else {
      bus[step.do]({ share: 0.5, times: 10 });
    }
  }
  for (const [at, { bus, tier }] of fleet.entries()) {
    await wake(at);
    bus.heal();
    tier.heal();
    truths.mute[at] = false;
    truths.severed[at] = false;
  }
  truths.changed();
  await clock.advance(BOUND_MS + 1_100);
  for (const reader of fleet.keys()) for (const key of KEYS) await look(reader, key);
  await patiently(clock, Promise.all(loads));
  await Promise.all(fleet.map(({ cache }) => patiently(clock, cache.close())));
  expect(clock.timerCount).toBe(0);
}

/** What a call brings, with time going on while it is waited for. */
async function patiently<T>(clock: FakeClock, call: Promise<T>): Promise<T> {
  let isOver = false;
  const settled = call.finally(() => {
    isOver = true;
  });
  settled.catch(() => {});
  for (let turn = 0; !isOver; turn += 1) await clock.advance(turn === 0 ? 0 : 10);
  return settled;
}
