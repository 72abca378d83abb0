import { describe, expect, test } from 'vitest';
import type { Bus, BusMark } from '../../../src/bus/bus.ts';
import { CatchUp } from '../../../src/bus/link/catch-up.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';

/** A bus of which only the log matters. */
function logBus(): { bus: Bus; end: { at: number }; asked: BusMark[]; answer: (() => Promise<boolean>)[] } {
  const end = { at: 0 };
  const asked: BusMark[] = [];
  const answer: (() => Promise<boolean>)[] = [];
  const bus: Bus = {
    name: 'log',
    reach: 'fleet',
    maxMessageBytes: 1_000,
    listen: () => {},
    publish: async () => {},
    beat: async () => {},
    mark: async () => ({ log: 'log', at: String(end.at) }),
    replay: (since) => {
      asked.push(since);
      return (answer.shift() ?? (async () => true))();
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return { bus, end, asked, answer };
}

interface Owner {
  hasGaps: boolean;
  gaveUps: number;
  ends: number;
  gaveUp(): void;
  ended(): void;
}

function ownerOf(): Owner {
  return {
    hasGaps: false,
    gaveUps: 0,
    ends: 0,
    gaveUp() {
      this.gaveUps += 1;
    },
    ended() {
      this.ends += 1;
    },
  };
}

describe('catching up', () => {
  test('asks the log from where all was heard', async () => {
    const { bus, end, asked } = logBus();
    const owner = ownerOf();
    const catchUp = new CatchUp(bus, new FakeClock(), owner);
    end.at = 7;
    await catchUp.begin();
    await catchUp.run();
    expect([asked, owner.ends]).toEqual([[], 0]);
    catchUp.miss('one');
    expect([catchUp.missing, catchUp.gaps, catchUp.isRunning]).toEqual(['one', 1, false]);
    await catchUp.run();
    expect([asked.map(({ at }) => at), catchUp.missing, catchUp.replays, owner.gaveUps, owner.ends]).toEqual([['7'], undefined, 1, 0, 1]);
  });

  test('begins no further back than the last mark that was proven', async () => {
    const clock = new FakeClock();
    const { bus, end, asked } = logBus();
    const catchUp = new CatchUp(bus, clock, ownerOf());
    await catchUp.begin();
    await clock.advance(10_000);
    end.at = 5;
    await catchUp.proven(9_900);
    end.at = 6;
    await catchUp.proven(9_950);
    catchUp.miss('before the mark was proven');
    await catchUp.run();
    await clock.advance(100);
    await catchUp.proven(10_050);
    catchUp.miss('after');
    await catchUp.run();
    expect(asked.map(({ at }) => at)).toEqual(['0', '5']);
  });

  test('takes no mark while something is missing', async () => {
    const clock = new FakeClock();
    const { bus, end, asked } = logBus();
    const catchUp = new CatchUp(bus, clock, ownerOf());
    await catchUp.begin();
    await clock.advance(10_000);
    end.at = 5;
    const proving = catchUp.proven(9_900);
    catchUp.miss('meanwhile');
    await proving;
    await clock.advance(1_000);
    await catchUp.proven(10_900);
    await catchUp.run();
    expect(asked.map(({ at }) => at)).toEqual(['0']);
  });

  test('asks again for what was missed while the log was asked', async () => {
    const { bus, asked, answer } = logBus();
    const catchUp = new CatchUp(bus, new FakeClock(), ownerOf());
    await catchUp.begin();
    answer.push(async () => {
      catchUp.miss('more');
      return true;
    });
    catchUp.miss('one');
    const running = catchUp.run();
    await catchUp.run();
    expect(catchUp.isRunning).toBe(true);
    await running;
    expect([asked.length, catchUp.gaps, catchUp.replays, catchUp.missing, catchUp.isRunning]).toEqual([2, 1, 2, undefined, false]);
  });

  test('asks again later where the bus fails, and misses it until then', async () => {
    const { bus, asked, answer } = logBus();
    const owner = ownerOf();
    const catchUp = new CatchUp(bus, new FakeClock(), owner);
    await catchUp.begin();
    answer.push(() => Promise.reject(new Error('the bus failed')));
    catchUp.miss('one');
    await catchUp.run();
    expect([catchUp.missing, owner.gaveUps, owner.ends]).toEqual(['one', 0, 1]);
    await catchUp.run();
    expect([asked.length, catchUp.missing, owner.ends]).toEqual([2, undefined, 2]);
  });

  test.each([
    ['the log does not vouch', async () => false],
    ['the log never answers', () => new Promise<boolean>(() => {})],
  ])('gives up where %s, and marks the log anew', async (_, reply) => {
    const clock = new FakeClock();
    const { bus, end, asked, answer } = logBus();
    const owner = ownerOf();
    const catchUp = new CatchUp(bus, clock, owner);
    await catchUp.begin();
    answer.push(reply);
    catchUp.miss('one');
    const running = catchUp.run();
    end.at = 9;
    await clock.advance(5_000);
    await running;
    expect([owner.gaveUps, catchUp.replays, catchUp.missing]).toEqual([1, 0, undefined]);
    catchUp.miss('two');
    await catchUp.run();
    expect(asked.at(-1)?.at).toBe('9');
  });

  test('gives up where the bus keeps no log, and where the log has not got what was told', async () => {
    const clock = new FakeClock();
    const { bus, asked } = logBus();
    const owner = ownerOf();
    const catchUp = new CatchUp(bus, clock, owner);
    catchUp.miss('no mark was taken');
    await catchUp.run();
    expect([owner.gaveUps, asked.length]).toEqual([1, 0]);
    owner.hasGaps = true;
    catchUp.miss('told and not in the log');
    const running = catchUp.run();
    await clock.advance(300);
    await running;
    expect([owner.gaveUps, asked.length]).toEqual([2, 3]);
  });

  test('goes on without a mark where the bus does not tell where its log ends', async () => {
    const clock = new FakeClock();
    const { bus } = logBus();
    const owner = ownerOf();
    bus.mark = () => new Promise(() => {});
    const catchUp = new CatchUp(bus, clock, owner);
    catchUp.miss('one');
    const running = catchUp.run();
    await clock.advance(1_000);
    await running;
    expect([owner.gaveUps, catchUp.missing]).toEqual([1, undefined]);
  });
});
