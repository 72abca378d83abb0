import { describe, expect, test, vi } from 'vitest';
import { Flight, Flights, type Landing } from '../../../src/cache/loading/flight.ts';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import { FakeClock, settle } from '../../../src/testing/fake-clock.ts';

const entry: Entry<number> = {
  key: 'AAPL',
  value: 187.25,
  isNegative: false,
  eventAt: undefined,
  askedAt: 0,
  staleAt: 5_000,
  deadAt: 5_000,
  version: OLDEST,
  tags: NO_TAGS,
  source: undefined,
  isFinal: false,
  why: '',
};
const landing: Landing<number> = { entry, askedAt: 0, tier: undefined };

const flightTo = (key: string, clock = new FakeClock()) => new Flight<number>(key, clock, undefined, 0);

describe('Flight', () => {
  test('lands for all aboard', async () => {
    const flight = flightTo('AAPL');
    const aboard = [flight.landed, flight.landed];
    flight.land(landing);
    expect(flight.isOver).toBe(true);
    expect(await Promise.all(aboard)).toEqual([landing, landing]);
  });

  test('fails for all aboard, and harms nobody when none is', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const error = new Error('feed is down');
    const [watched, unwatched] = [flightTo('AAPL'), flightTo('MSFT')];
    const outcome = watched.landed.catch((reason: unknown) => reason);
    watched.fail(error);
    unwatched.fail(error);
    expect(await outcome).toBe(error);
    await settle();
    process.off('unhandledRejection', unhandled);
    expect([watched.isOver, unwatched.isOver]).toEqual([true, true]);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test('begins now, with what it was given', async () => {
    const clock = new FakeClock();
    await clock.advance(700);
    const flight = new Flight('AAPL', clock, entry, 3);
    expect(flight).toMatchObject({ key: 'AAPL', begunAt: 700, standIn: entry, marksSeen: 3, isCut: false, isOver: false });
    expect(flight.abort.signal.aborted).toBe(false);
  });

  test('lets patience end so long after it began, with one timer for all who wait', async () => {
    const clock = new FakeClock();
    const flight = flightTo('AAPL', clock);
    await clock.advance(50);
    const ended = vi.fn();
    void flight.patience(200).then(ended);
    void flight.patience(200).then(ended);
    expect(clock.timerCount).toBe(1);
    await clock.advance(149);
    expect(ended).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(ended).toHaveBeenCalledTimes(2);
    expect(clock.timerCount).toBe(0);
  });

  test('has no patience left for who comes too late', async () => {
    const clock = new FakeClock();
    const flight = flightTo('AAPL', clock);
    await clock.advance(200);
    expect(await flight.patience(200)).toBeUndefined();
    expect(clock.timerCount).toBe(0);
  });

  test.each<[string, (flight: Flight<number>) => void]>([
    ['lands', (flight) => flight.land(landing)],
    ['fails', (flight) => flight.fail(new Error('feed is down'))],
  ])('leaves no timer when it %s', (_, end) => {
    const clock = new FakeClock();
    const flight = flightTo('AAPL', clock);
    void flight.patience(200);
    end(flight);
    expect(clock.timerCount).toBe(0);
  });
});

describe('Flights', () => {
  test('are boarded by key, until they end', () => {
    const flights = new Flights<number>();
    const flight = flightTo('AAPL');
    flights.begin(flight);
    expect([flights.get('AAPL'), flights.get('MSFT'), flights.size]).toEqual([flight, undefined, 1]);
    flights.end(flight);
    flights.end(flight);
    expect([flights.get('AAPL'), flights.size]).toEqual([undefined, 0]);
  });

  test('are not boarded once they are cut, and go on for those aboard', async () => {
    const flights = new Flights<number>();
    const flight = flightTo('AAPL');
    flights.begin(flight);
    flights.cut('AAPL');
    flights.cut('AAPL');
    expect([flight.isCut, flight.isOver, flights.get('AAPL'), flights.size]).toEqual([true, false, undefined, 1]);
    flight.land(landing);
    flights.end(flight);
    expect(await flight.landed).toBe(landing);
    expect(flights.size).toBe(0);
  });

  test('leave the next flight boarding when one that was cut ends', () => {
    const flights = new Flights<number>();
    const [cut, next] = [flightTo('AAPL'), flightTo('AAPL')];
    flights.begin(cut);
    flights.cut('AAPL');
    flights.begin(next);
    flights.end(cut);
    expect([flights.get('AAPL'), flights.size, next.isCut]).toEqual([next, 1, false]);
  });

  test('are cut where their keys match, and nowhere else', () => {
    const flights = new Flights<number>();
    const all = ['AAPL', 'AMZN', 'MSFT'].map((key) => flightTo(key));
    for (const flight of all) {
      flights.begin(flight);
      flight.asked = { askedAt: 0, version: { stamp: 1, origin: 1 } };
    }
    flights.cutWhere((key) => key.startsWith('A'));
    expect(all.map(({ isCut }) => isCut)).toEqual([true, true, false]);
    expect([flights.get('AAPL'), flights.get('MSFT')]).toEqual([undefined, all[2]]);
  });

  test('are not cut where they match and have yet to ask, for what they bring will be newer', () => {
    const flights = new Flights<number>();
    const waiting = ['AAPL', 'MSFT'].map((key) => flightTo(key));
    for (const flight of waiting) {
      flights.begin(flight);
      flight.standIn = entry;
    }
    flights.cutWhere((key) => key === 'AAPL');
    flights.cutOlder('MSFT', { stamp: 1, origin: 1 });
    expect(waiting.map(({ isCut }) => isCut)).toEqual([false, false]);
    expect([flights.get('AAPL'), flights.get('MSFT')]).toEqual(waiting);
    // What was to stand in for them is what must go.
    expect(waiting.map((flight) => flight.standIn)).toEqual([undefined, undefined]);
  });

  test('are all aborted at the end, those cut before too, and none is left', async () => {
    const clock = new FakeClock();
    const flights = new Flights<number>();
    const all = ['AAPL', 'MSFT'].map((key) => flightTo(key, clock));
    for (const flight of all) {
      flights.begin(flight);
      void flight.patience(200);
    }
    flights.cut('AAPL');
    const reason = new Error('closed');
    flights.abortAll(reason);
    for (const flight of all) {
      expect(flight.abort.signal.reason).toBe(reason);
      expect([flight.isCut, flight.isOver]).toEqual([true, true]);
      await expect(flight.landed).rejects.toBe(reason);
    }
    expect([flights.size, clock.timerCount]).toEqual([0, 0]);
  });
});
