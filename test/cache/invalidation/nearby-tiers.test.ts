import { describe, expect, test } from 'vitest';
import type { Bus } from '../../../src/bus/bus.ts';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { type CacheOf, createCache, kind } from '../../../src/index.ts';
import { ChaosBus } from '../../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const KINDS = { n: kind<string, number>({ lifetime: { ttl: '1h', grace: '1h' }, tags: () => ['all'] }) };

/** A host of a fleet: its processes share a tier, which no other host does. */
class Host {
  readonly tier: MemoryRemoteTier;
  readonly #clock: FakeClock;
  readonly #hub: BusHub;

  constructor(clock: FakeClock, hub: BusHub) {
    this.#clock = clock;
    this.#hub = hub;
    this.tier = new MemoryRemoteTier({ clock, reach: 'host' });
  }

  process(): { readonly cache: CacheOf<typeof KINDS>; readonly bus: ChaosBus; readonly tier: FaultyTier } {
    const clock = this.#clock;
    const inner: Bus = inProcessBus({ hub: this.#hub });
    Object.defineProperty(inner, 'reach', { value: 'fleet' });
    const bus = new ChaosBus(inner, { clock });
    const tier = new FaultyTier(this.tier, { clock });
    // The others of the host go on with it.
    tier[Symbol.asyncDispose] = async () => {};
    return { bus, tier, cache: createCache({ clock, bus, remote: tier, kinds: KINDS }) };
  }
}

function twoHosts(): { clock: FakeClock; here: Host; there: Host } {
  const clock = new FakeClock();
  const hub = new BusHub();
  return { clock, here: new Host(clock, hub), there: new Host(clock, hub) };
}

describe('a tier of one host, on the bus of a fleet', () => {
  test('is told what the other hosts did, by key, tag, pattern and all', async () => {
    const { clock, here, there } = twoHosts();
    const [a, b, sibling] = [there.process(), here.process(), here.process()];
    await clock.advance(1_500);
    const undo = [
      () => a.cache.n.delete('A'),
      () => a.cache.n.expire('A'),
      () => a.cache.invalidate({ tag: 'all' }),
      () => a.cache.invalidate({ pattern: 'n:*' }),
      () => a.cache.clear(),
      () => a.cache.n.set('A', 2),
    ];
    for (const write of undo) {
      await sibling.cache.n.set('A', 1);
      expect(await b.cache.n.get('A')).toBe(1);
      await clock.advance(10);
      await write();
      await clock.advance(10);
      expect([await b.cache.n.get('A'), await sibling.cache.n.get('A')]).toEqual([undefined, undefined]);
    }
  });

  test('is not believed where it stood before the process took part', async () => {
    const { clock, here, there } = twoHosts();
    const sibling = here.process();
    await clock.advance(1_500);
    await sibling.cache.n.set('A', 1);
    await sibling.cache.close();
    const a = there.process();
    await clock.advance(1_500);
    await a.cache.n.set('A', 2);
    await clock.advance(100);
    const late = here.process();
    expect(await late.cache.n.get('A')).toBeUndefined();
    await clock.advance(1_500);
    expect(await late.cache.n.get('A')).toBeUndefined();
  });

  test('is not believed in a namespace of which this process heard nothing until now', async () => {
    const { clock, here, there } = twoHosts();
    const [a, b, sibling] = [there.process(), here.process(), here.process()];
    await clock.advance(1_500);
    await sibling.cache.namespace('eu').n.set('A', 1);
    await clock.advance(10);
    await sibling.cache.close();
    await a.cache.namespace('eu').n.set('A', 2);
    await clock.advance(10);
    expect(await b.cache.namespace('eu').n.get('A')).toBeUndefined();
  });
});
