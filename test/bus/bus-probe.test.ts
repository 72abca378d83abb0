import { describe, expect, test } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { probeBus } from '../../src/bus/bus-probe.ts';
import { BusHub } from '../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process/in-process-bus.ts';
import { createCache } from '../../src/create-cache.ts';
import { seeded } from '../../src/testing/seeded.ts';
import { systemClock } from '../../src/time/clock.ts';

const OPTIONS = { clock: systemClock, random: seeded(1), deadlineMs: 200, listenMs: 0 };

describe('a probe of a bus', () => {
  test('hears itself, and who else is there', async () => {
    const hub = new BusHub();
    await using cache = createCache({ bus: inProcessBus({ hub }), coherence: { heartbeat: 50 } });
    await expect.poll(() => cache.health().status).toBe('ok');
    const report = await probeBus(inProcessBus({ hub }), { ...OPTIONS, listenMs: 100 });
    expect(report).toMatchObject({ failure: undefined, peers: 1 });
    expect(report.roundTripMs).toBeGreaterThanOrEqual(0);
  });

  test('is waited for by nobody, neither while it runs nor afterwards', async () => {
    const hub = new BusHub();
    await using cache = createCache({ bus: inProcessBus({ hub }), coherence: { heartbeat: 50 } });
    await expect.poll(() => cache.health().status).toBe('ok');
    const states: string[] = [];
    cache.on('bus', ({ state }) => states.push(state));
    await probeBus(inProcessBus({ hub }), { ...OPTIONS, listenMs: 100 });
    expect(cache.stats().bus).toMatchObject({ state: 'live', peers: 0, gaps: 0, refused: 0, distrusts: 0 });
    expect(states).toEqual([]);
  });

  test('says why there is no connection, and closes the bus', async () => {
    let isClosed = false;
    const bus: Bus = {
      ...silent(),
      listen: (listener) => listener.disconnected('nobody is there'),
      [Symbol.asyncDispose]: async () => {
        isClosed = true;
      },
    };
    expect(await probeBus(bus, OPTIONS)).toEqual({ failure: 'no connection: nobody is there', roundTripMs: -1, peers: 0 });
    expect(isClosed).toBe(true);
  });

  test('says when what it sends is refused, and when it does not come back', async () => {
    const hub = new BusHub();
    const deaf: Bus = { ...silent(), listen: (listener) => listener.connected() };
    expect((await probeBus(deaf, OPTIONS)).failure).toBe('a sign of life was sent, and does not come back: it does not answer');
    await using lost = inProcessBus({ hub });
    expect(
      (await probeBus({ ...silent(), listen: lost.listen.bind(lost), publish: refused, beat: lost.beat.bind(lost) }, OPTIONS)).failure,
    ).toBe('may not');
  });

  test('ends in time, whatever the bus does', async () => {
    const never = new Promise<never>(() => {});
    const hung: Bus = { ...silent(), listen: (listener) => listener.connected(), beat: () => never, [Symbol.asyncDispose]: () => never };
    expect((await probeBus(hung, { ...OPTIONS, deadlineMs: 20 })).failure).toBe('a sign of life cannot be sent: there is no answer');
  });
});

/** A bus that takes everything, and tells nothing. */
function silent(): Bus {
  return {
    name: 'silent',
    reach: 'process',
    maxMessageBytes: 1_024,
    listen: () => {},
    publish: async () => {},
    beat: async () => {},
    mark: async () => undefined,
    replay: async () => false,
    [Symbol.asyncDispose]: async () => {},
  };
}

async function refused(): Promise<void> {
  throw new Error('may not');
}
