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

/** What may be handed out of a key as fresh: numbers from `least` up, since when. */
interface Truth {
  readonly least: number;
  readonly since: number;
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
  let next = 1;
  /** By key, what was acknowledged and when: what is older than the last one for too long may be read no more. */
  const written = new Map<string, Truth[]>(KEYS.map((key) => [key, []]));
  const outdate = (keys: readonly string[], least: number): void => {
    for (const key of keys) written.get(key)?.push({ least, since: clock.monotonic() });
  };
  const seen = new Map<string, number>();
  const look = async (process: Process, key: string): Promise<void> => {
    const began = clock.monotonic();
    const value = await patiently(clock, process.cache.n.get(key));
    if (value === undefined) return;
    const bound = Math.max(0, ...(written.get(key) ?? []).filter(({ since }) => began - since > BOUND_MS).map(({ least }) => least));
    expect(value, `${key} at ${began} ms`).toBeGreaterThanOrEqual(bound);
    const place = `${fleet.indexOf(process)} ${key}`;
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
    const process = fleet[step.at] as Process;
    const { cache, bus, tier } = process;
    if (step.do === 'set') {
      const value = next++;
      if (await patiently(clock, cache.n.set(step.key, value))) outdate([step.key], value);
    } else if (step.do === 'read') await look(process, step.key);
    else if (step.do === 'delete') {
      const least = next;
      await patiently(clock, cache.n.delete(step.key));
      outdate([step.key], least);
    } else if (step.do === 'expire') {
      const least = next;
      await patiently(clock, cache.n.expire(step.key));
      outdate([step.key], least);
    } else if (step.do === 'tag' || step.do === 'pattern' || step.do === 'clear') {
      const least = next;
      const done = step.do === 'clear' ? cache.clear() : cache.invalidate(step.do === 'tag' ? { tag: 'all' } : { pattern: 'n:*' });
      await patiently(clock, done);
      outdate(KEYS, least);
    } else if (step.do === 'cut') bus.cut();
    else if (step.do === 'silence') bus.cut({ silent: true });
    else if (step.do === 'heal') bus.heal();
    else if (step.do === 'sever') tier.fail({ times: Number.POSITIVE_INFINITY });
    else if (step.do === 'restore') tier.heal();
    else if (step.do === 'fail') bus.failPublish({ after: 'taken' });
    else bus[step.do]({ share: 0.5, times: 10 });
  }
  for (const { bus, tier } of fleet) {
    bus.heal();
    tier.heal();
  }
  await clock.advance(BOUND_MS);
  for (const process of fleet) for (const key of KEYS) await look(process, key);
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
