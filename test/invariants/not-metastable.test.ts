import { describe, expect, test } from 'vitest';
import { BusHub } from '../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process/in-process-bus.ts';
import { type CacheOf, createCache, type Kind, kind } from '../../src/index.ts';
import { ChaosBus } from '../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { seeded } from '../../src/testing/seeded.ts';
import { SECOND } from '../../src/time/duration.ts';

const PROCESSES = 4;
const KEYS: readonly string[] = Array.from({ length: 200 }, (_, n) => `S${n}`);
/** Every key is read twice a second by each process, and lives 5 s: the source is asked at least 40 times a second. */
const READS_PER_TICK = 20;
const TICK_MS = 50;
const TTL_MS = 5 * SECOND;
/** The source has so many at work at once, each for so long, and the rest wait there: it can answer 100 times a second. */
const SOURCE_PLACES = 5;
const SERVICE_MS = 50;
/** Of the source, in calls a second: less than all processes would ask for if each loaded for itself. */
const CAPACITY = (SOURCE_PLACES * SECOND) / SERVICE_MS;
const MAX_CONCURRENT_LOADS = 4;

/** Of the normal rate, and after so long without the trigger. */
const MOST = 1.2;
const RECOVERY_MS = 3 * TTL_MS;
const WINDOW_MS = 30 * SECOND;

type Load = (key: string, signal: AbortSignal) => Promise<number>;

/** A source that can answer only so many at once; who gives up leaves its queue. */
class Source {
  isDown = false;
  calls = 0;
  /** The most calls that one process had open at once, and the most for one key of it. */
  mostOfProcess = 0;
  mostOfKey = 0;
  readonly #clock: FakeClock;
  readonly #waiting = new Set<() => void>();
  readonly #open = new Map<string, number>();
  #busy = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Loads as a process does. */
  of(process: number): Load {
    return (key, signal) => {
      this.calls += 1;
      this.mostOfProcess = Math.max(this.mostOfProcess, this.#count(`${process}`, 1));
      this.mostOfKey = Math.max(this.mostOfKey, this.#count(`${process} ${key}`, 1));
      return this.#answer(signal, () => {
        this.#count(`${process}`, -1);
        this.#count(`${process} ${key}`, -1);
      });
    };
  }

  #answer(signal: AbortSignal, end: () => void): Promise<number> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        this.#busy += 1;
        this.#clock.after(SERVICE_MS, () => {
          this.#busy -= 1;
          if (!signal.aborted) end();
          resolve(this.#clock.now());
          this.#next();
        });
      };
      this.#waiting.add(begin);
      signal.addEventListener('abort', () => {
        this.#waiting.delete(begin);
        end();
        reject(signal.reason);
      });
      this.#next();
    });
  }

  /** While it is down nobody is answered, and nobody refused. */
  #next(): void {
    for (const begin of this.#waiting) {
      if (this.isDown || this.#busy >= SOURCE_PLACES) return;
      this.#waiting.delete(begin);
      begin();
    }
  }

  up(): void {
    this.isDown = false;
    this.#next();
  }

  #count(of: string, by: 1 | -1): number {
    const count = (this.#open.get(of) ?? 0) + by;
    if (count === 0) this.#open.delete(of);
    else this.#open.set(of, count);
    return count;
  }
}

/** Processes that share a tier and a bus, and are read from all the time. */
class Fleet {
  readonly clock: FakeClock = new FakeClock();
  readonly source: Source = new Source(this.clock);
  readonly store: MemoryRemoteTier = new MemoryRemoteTier({ clock: this.clock });
  readonly hub: BusHub = new BusHub();
  readonly buses: ChaosBus[] = [];
  readonly tiers: FaultyTier[] = [];
  readonly errors: unknown[] = [];
  reads = 0;
  readonly #caches: CacheOf<{ quote: Kind<string, number> }>[] = [];
  readonly #random: () => number = seeded(20_261_120);
  #pending = 0;

  constructor(isLeased: boolean) {
    for (let process = 0; process < PROCESSES; process += 1) {
      const bus = new ChaosBus(inProcessBus({ hub: this.hub }), { clock: this.clock, seed: process });
      const tier = new FaultyTier(this.store, { clock: this.clock });
      const load = this.source.of(process);
      const quote = kind<string, number>({
        lifetime: { ttl: TTL_MS, grace: '1h', jitter: 0.1 },
        load: ({ key, signal }) => load(key, signal),
        maxConcurrentLoads: MAX_CONCURRENT_LOADS,
        deadline: '2s',
        lease: isLeased,
      });
      this.buses.push(bus);
      this.tiers.push(tier);
      this.#caches.push(createCache({ clock: this.clock, random: seeded(process), bus, remote: tier, kinds: { quote } }));
    }
  }

  /** Lets time go by under load, and answers how often the source was asked in a second. */
  async rate(ms: number): Promise<number> {
    const before = this.source.calls;
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      for (const { quote } of this.#caches) for (let read = 0; read < READS_PER_TICK; read += 1) this.#read(quote);
      await this.clock.advance(TICK_MS);
    }
    return ((this.source.calls - before) * SECOND) / ms;
  }

  #read(quote: CacheOf<{ quote: Kind<string, number> }>['quote']): void {
    const key = KEYS[Math.floor(this.#random() * KEYS.length)] ?? '';
    this.reads += 1;
    this.#pending += 1;
    quote
      .getOrLoad(key)
      .catch((error: unknown) => this.errors.push(error))
      .finally(() => {
        this.#pending -= 1;
      });
  }

  /** How often memory was distrusted, in all processes. */
  get distrusts(): number {
    return this.#caches.reduce((sum, cache) => sum + (cache.stats().bus?.distrusts ?? 0), 0);
  }

  /** What is under way ends; what is open then would be open for ever. */
  async close(): Promise<void> {
    await this.clock.advance(5 * SECOND);
    expect(this.#pending).toBe(0);
    const closed = Promise.all(this.#caches.map((cache) => cache.close()));
    await this.clock.advance(10 * SECOND);
    await closed;
  }
}

interface Trigger {
  readonly what: string;
  /** What befalls the fleet; it is over when this settles. */
  readonly run: (fleet: Fleet) => Promise<unknown>;
  /** Loads that began before memory was distrusted go on beside those that begin after it. */
  readonly cuts?: boolean;
}

const triggers: readonly Trigger[] = [
  { what: 'the shared tier is emptied', run: async ({ store }) => store.lose() },
  { what: 'every process distrusts its memory', cuts: true, run: distrust },
  {
    what: 'every process distrusts its memory and the shared tier is emptied',
    cuts: true,
    run: async (fleet) => {
      fleet.store.lose();
      await distrust(fleet);
    },
  },
  {
    what: 'the bus is there again after half a minute, without its log',
    cuts: true,
    run: async (fleet) => {
      for (const bus of fleet.buses) bus.cut();
      await fleet.rate(30 * SECOND);
      fleet.hub.recreateLog();
      for (const bus of fleet.buses) bus.heal();
    },
  },
  {
    what: 'the shared tier is there again after half a minute',
    run: async (fleet) => {
      for (const tier of fleet.tiers) tier.fail({ times: Number.POSITIVE_INFINITY });
      await fleet.rate(30 * SECOND);
      for (const tier of fleet.tiers) tier.heal();
    },
  },
  {
    what: 'the source answers again after a minute',
    run: async (fleet) => {
      fleet.source.isDown = true;
      await fleet.rate(60 * SECOND);
      fleet.source.up();
    },
  },
];

/** The bus loses a moment, and its log cannot vouch for it. */
async function distrust({ buses, hub }: Fleet): Promise<void> {
  for (const bus of buses) bus.cut();
  hub.recreateLog();
  for (const bus of buses) bus.heal();
}

describe.each([
  ['without leases', false],
  ['with leases', true],
])('invariant 13: not metastable, %s', (_, isLeased) => {
  test.each(triggers)(`${RECOVERY_MS / SECOND} s after $what the source is asked as often as before`, async ({ run, cuts = false }) => {
    const fleet = new Fleet(isLeased);
    const { source, errors, clock } = fleet;
    // From cold, there is more to load than the source can answer in time.
    await fleet.rate(20 * SECOND);
    errors.length = 0;
    source.mostOfKey = 0;
    const normal = await fleet.rate(WINDOW_MS);
    await run(fleet);
    await fleet.rate(RECOVERY_MS);
    const after = [await fleet.rate(WINDOW_MS), await fleet.rate(WINDOW_MS)];
    for (const rate of after) expect(rate).toBeLessThanOrEqual(MOST * normal);
    expect(normal).toBeLessThan(CAPACITY);
    expect(fleet.distrusts).toBe(cuts ? PROCESSES : 0);
    expect(source.mostOfProcess).toBeLessThanOrEqual(MAX_CONCURRENT_LOADS);
    expect(source.mostOfKey).toBeLessThanOrEqual(cuts ? 2 : 1);
    expect(errors).toEqual([]);
    await fleet.close();
    expect(clock.timerCount).toBe(0);
  });
});
