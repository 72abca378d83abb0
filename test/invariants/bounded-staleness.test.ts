import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BusHub } from '../../src/bus/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process-bus.ts';
import { type CacheOf, createCache, kind } from '../../src/index.ts';
import { ChaosBus } from '../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { seeded } from '../../src/testing/seeded.ts';

const KINDS = { n: kind<string, number>({ lifetime: { ttl: '1h', grace: '1h' }, tags: () => ['all'] }) };
const KEYS = ['A', 'B', 'C'];
/** Memory is believed for so long from the last proof, and a call of a tier may take so long. */
const BOUND_MS = 2_000 + 250 + 50;

interface Process {
  readonly cache: CacheOf<typeof KINDS>;
  readonly bus: ChaosBus;
  readonly tier: FaultyTier;
}

type Step =
  | { readonly do: 'set' | 'delete' | 'read' | 'expire'; readonly at: number; readonly key: string }
  | { readonly do: 'tag' | 'pattern' | 'clear' | 'cut' | 'silence' | 'heal' | 'sever' | 'restore'; readonly at: number }
  | { readonly do: 'drop' | 'duplicate' | 'reorder' | 'fail'; readonly at: number }
  | { readonly do: 'wait'; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('set', 'read', 'read', 'delete', 'expire'),
        at: fc.nat(2),
        key: fc.constantFrom(...KEYS),
      }),
    },
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

describe('invariant 2: bounded staleness', () => {
  test('no process hands out as fresh what was outdated for longer than memory is believed, whatever the bus loses', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), (all, seed) => run(all, seed, true)),
      { numRuns: 150, seed: 20_261_120 },
    );
  }, 60_000);

  test('nor without a tier that they share', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), (all, seed) => run(all, seed, false)),
      { numRuns: 100, seed: 20_261_120 },
    );
  }, 60_000);
});

/** What may be handed out of a key as fresh: numbers from `least` up, for each process since when it could know. */
interface Truth {
  readonly key: string;
  readonly least: number;
  readonly writer: number;
  readonly since: number[];
}

/** What was acknowledged, and who could know of it: whoever shares the tier or the bus with its writer, then or later. */
class Truths {
  readonly #clock: FakeClock;
  readonly #isShared: boolean;
  readonly #all: Truth[] = [];
  readonly mute = [false, false, false];
  readonly severed = [false, false, false];

  constructor(clock: FakeClock, isShared: boolean) {
    this.#clock = clock;
    this.#isShared = isShared;
  }

  outdate(writer: number, keys: readonly string[], least: number): void {
    const since = this.mute.map((_, reader) => (this.#reaches(writer, reader) ? this.#clock.monotonic() : Number.POSITIVE_INFINITY));
    for (const key of keys) this.#all.push({ key, least, writer, since: [...since] });
  }

  /** What could not be known may be on its way now: what waited is sent within a second. */
  changed(): void {
    for (const { writer, since } of this.#all) {
      for (const [reader, at] of since.entries()) {
        if (at === Number.POSITIVE_INFINITY && this.#reaches(writer, reader)) since[reader] = this.#clock.monotonic() + 1_000;
      }
    }
  }

  /** What `reader` must not be below now. */
  least(reader: number, key: string): number {
    const latest = this.#clock.monotonic() - BOUND_MS;
    const known = this.#all.filter((truth) => truth.key === key && (truth.since[reader] ?? 0) < latest);
    return Math.max(0, ...known.map(({ least }) => least));
  }

  #reaches(writer: number, reader: number): boolean {
    return (this.#isShared && !this.severed[writer]) || writer === reader || !(this.mute[writer] || this.mute[reader]);
  }
}

async function run(all: readonly Step[], seed: number, isShared: boolean): Promise<void> {
  const clock = new FakeClock();
  const random = seeded(seed);
  const hub = new BusHub();
  const store = new MemoryRemoteTier({ clock });
  const fleet = [1, 2, 3].map((number): Process => {
    const bus = new ChaosBus(inProcessBus({ hub }), { clock, seed: seed + number });
    const tier = new FaultyTier(store, { clock });
    return { bus, tier, cache: createCache({ clock, random, bus, kinds: KINDS, ...(isShared ? { remote: tier } : {}) }) };
  });
  const truths = new Truths(clock, isShared);
  let next = 1;
  const seen = new Map<string, number>();
  const look = async (reader: number, key: string): Promise<void> => {
    const least = truths.least(reader, key);
    const value = await patiently(clock, fleet[reader]?.cache.n.get(key) ?? Promise.resolve(undefined));
    if (value === undefined) return;
    expect(value, `${key} at ${clock.monotonic()} ms`).toBeGreaterThanOrEqual(least);
    const place = `${reader} ${key}`;
    expect(value, 'going back').toBeGreaterThanOrEqual(seen.get(place) ?? 0);
    seen.set(place, value);
  };
  await clock.advance(1_500);
  for (const step of all) {
    if (step.do === 'wait') {
      await clock.advance(step.ms);
      continue;
    }
    // Whoever does something because of what another did does it later.
    await clock.advance(1);
    const { at } = step;
    const { cache, bus, tier } = fleet[at] as Process;
    const least = next;
    if (step.do === 'set') {
      next += 1;
      if (await patiently(clock, cache.n.set(step.key, least))) truths.outdate(at, [step.key], least);
    } else if (step.do === 'read') {
      await look(at, step.key);
    } else if (step.do === 'delete' || step.do === 'expire') {
      await patiently(clock, cache.n[step.do](step.key));
      truths.outdate(at, [step.key], least);
    } else if (step.do === 'tag' || step.do === 'pattern' || step.do === 'clear') {
      await patiently(
        clock,
        step.do === 'clear' ? cache.clear() : cache.invalidate(step.do === 'tag' ? { tag: 'all' } : { pattern: 'n:*' }),
      );
      truths.outdate(at, KEYS, least);
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
    bus.heal();
    tier.heal();
    truths.mute[at] = false;
    truths.severed[at] = false;
  }
  truths.changed();
  await clock.advance(BOUND_MS + 1_100);
  for (const reader of fleet.keys()) for (const key of KEYS) await look(reader, key);
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
