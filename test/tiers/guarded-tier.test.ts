import { describe, expect, test, vi } from 'vitest';
import { ClosedError, ConfigError, PatternError, TierError, TierOpenError, TierTimeoutError } from '../../src/errors.ts';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../src/testing/memory-remote-tier.ts';
import { sealedSample } from '../../src/testing/sealed-sample.ts';
import { collect } from '../../src/testing/tier-answers.ts';
import { type GuardOptions, guarded, type TierChange } from '../../src/tiers/guarded-tier.ts';

const KEY = 'main:quote:A';
const ALWAYS = { times: Number.POSITIVE_INFINITY };

function setUp(options: GuardOptions = {}) {
  const clock = new FakeClock();
  const faulty = new FaultyTier(new MemoryRemoteTier({ name: 'redis', clock }), { clock });
  const changes: TierChange[] = [];
  const tier = guarded(faulty, { clock, random: () => 1, onChange: (change) => changes.push(change), ...options });
  const read = async () => tier.getMany([KEY]);
  return { clock, faulty, tier, changes, read };
}

/** What a call ends in once `ms` have gone by; the judgement takes two turns of the event loop more. */
async function outcome(call: Promise<unknown>, clock: FakeClock, ms: number): Promise<unknown> {
  const ended = call.then(
    () => 'answered',
    (error: unknown) => error,
  );
  await clock.advance(ms);
  await settle();
  await settle();
  return Promise.race([ended, settle().then(() => 'pending')]);
}

describe('the deadline of a guarded tier', () => {
  test('ends a read that hangs, and no earlier', async () => {
    const { clock, faulty, tier, read } = setUp();
    faulty.hang();
    const call = read();
    expect(await outcome(call, clock, 49)).toBe('pending');
    expect(await outcome(call, clock, 1)).toStrictEqual(new TierTimeoutError('redis', 50));
    expect(tier.breaker).toBe('closed');
    expect(clock.timerCount).toBe(0);
  });

  test.each([
    ['setMany', (tier: ReturnType<typeof guarded>) => tier.setMany([sealedSample(KEY)]), 250],
    ['deleteMany', (tier: ReturnType<typeof guarded>) => tier.deleteMany([KEY], { stamp: 1, origin: 1 }), 250],
    ['scan', (tier: ReturnType<typeof guarded>) => collect(tier, '*'), 250],
    ['flush', (tier: ReturnType<typeof guarded>) => tier.flush(), 5_000],
  ] as const)('ends %s that hangs', async (call, start, deadlineMs) => {
    const { clock, faulty, tier } = setUp();
    faulty.hang({ calls: [call] });
    expect(await outcome(start(tier), clock, deadlineMs)).toStrictEqual(new TierTimeoutError('redis', deadlineMs));
    expect(clock.timerCount).toBe(0);
  });

  test('is two seconds for the first lease, and short for those after it', async () => {
    const { clock, faulty, tier } = setUp();
    const lease = async () => tier.leases?.acquire([KEY], 'us', 3_000);
    faulty.hang({ calls: ['lease'] });
    expect(await outcome(lease(), clock, 1_999)).toBe('pending');
    faulty.release();
    expect(await lease()).toEqual([0]);
    faulty.hang({ calls: ['lease'] });
    expect(await outcome(lease(), clock, 250)).toStrictEqual(new TierTimeoutError('redis', 250));
  });

  test('is short again two seconds after the first lease was asked for, had or not', async () => {
    const { clock, faulty, tier } = setUp();
    const lease = async () => tier.leases?.acquire([KEY], 'us', 3_000);
    await clock.advance(60_000);
    faulty.hang({ ...ALWAYS, calls: ['lease'] });
    expect(await outcome(lease(), clock, 2_000)).toStrictEqual(new TierTimeoutError('redis', 2_000));
    expect(await outcome(lease(), clock, 250)).toStrictEqual(new TierTimeoutError('redis', 250));
  });

  test('is longer for more keys, by the thousand', async () => {
    const { clock, faulty, tier } = setUp();
    faulty.hang();
    const call = Promise.resolve(tier.getMany(Array.from({ length: 2_001 }, (_, n) => `main:quote:${n}`)));
    expect(await outcome(call, clock, 149)).toBe('pending');
    expect(await outcome(call, clock, 1)).toBeInstanceOf(TierTimeoutError);
  });

  test('lets an answer through that came while the event loop was blocked', async () => {
    const { clock, faulty, read } = setUp();
    faulty.hang();
    const call = read();
    const advanced = clock.advance(60);
    setImmediate(() => faulty.release());
    await advanced;
    expect(await outcome(call, clock, 0)).toBe('answered');
  });

  test('sets no timer for an answer that is there at once', async () => {
    const { clock, tier } = setUp();
    const after = vi.spyOn(clock, 'after');
    await tier.setMany([sealedSample(KEY)]);
    after.mockClear();
    expect(tier.getMany([KEY])).not.toBeInstanceOf(Promise);
    expect(after).not.toHaveBeenCalled();
  });

  test('lets go what comes after it, errors too', async () => {
    const { clock, faulty, tier } = setUp();
    faulty.hang();
    const rejections = vi.fn();
    process.on('unhandledRejection', rejections);
    expect(await outcome(tier.setMany([sealedSample(KEY)]), clock, 250)).toBeInstanceOf(TierTimeoutError);
    await faulty[Symbol.asyncDispose]();
    faulty.release();
    for (let turn = 0; turn < 3; turn += 1) await settle();
    process.off('unhandledRejection', rejections);
    expect(rejections).not.toHaveBeenCalled();
  });
});

describe('the errors of a guarded tier', () => {
  test('are TierErrors that keep their cause', async () => {
    const { faulty, read } = setUp();
    const cause = new Error('connection reset');
    faulty.fail({}, cause);
    await expect(read()).rejects.toStrictEqual(new TierError('redis', 'connection reset', { cause }));
  });

  test('are caught where the tier throws instead of rejecting', async () => {
    const { faulty, tier } = setUp();
    vi.spyOn(faulty, 'getMany').mockImplementation(() => {
      throw new Error('thrown');
    });
    await expect(tier.getMany([KEY])).rejects.toBeInstanceOf(TierError);
  });

  test('that no repetition could help pass as they are, and do not count', async () => {
    const { faulty, tier, read } = setUp({ breaker: { failures: 1 } });
    faulty.fail({}, new PatternError('no'));
    await expect(read()).rejects.toBeInstanceOf(PatternError);
    await tier[Symbol.asyncDispose]();
    await expect(read()).rejects.toBeInstanceOf(ClosedError);
    expect(tier.breaker).toBe('closed');
  });

  test('of an observer do not reach the call', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { faulty, read } = setUp({
      breaker: { failures: 1 },
      onChange: () => {
        throw new Error('observer');
      },
    });
    faulty.fail();
    await expect(read()).rejects.toBeInstanceOf(TierError);
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });
});

describe('the options of a guard', () => {
  test.each([
    [{ deadlineMs: 50 }, '`guard` knows no "deadlineMs"; there are deadline, writeDeadline'],
    [{ deadline: 'soon' }, '`guard.deadline` is "soon"; give milliseconds'],
    [{ writeDeadline: 0 }, '`guard.writeDeadline` is 0 ms; give 1 ms or more'],
    [{ breaker: { openMs: 5 } }, '`breaker` knows no "openMs"'],
    [{ breaker: { openFor: '1 year' } }, '`breaker.openFor` is "1 year"'],
  ])('are refused when they are %j, and it is said what to give', (options, says) => {
    expect(() => setUp(options as GuardOptions)).toThrow(ConfigError);
    expect(() => setUp(options as GuardOptions)).toThrow(says);
  });
});

describe('the breaker of a guarded tier', () => {
  test('opens within a second of a store that hangs', async () => {
    const { clock, faulty, tier, read } = setUp();
    faulty.hang(ALWAYS);
    const began = clock.monotonic();
    while (tier.breaker === 'closed') await outcome(read(), clock, 50);
    expect(clock.monotonic() - began).toBeLessThan(1_000);
  });

  test('does not open for a tier that is still connecting, for two seconds', async () => {
    const { clock, faulty, tier, read } = setUp();
    vi.spyOn(faulty, 'isUp', 'get').mockReturnValue(false);
    faulty.hang(ALWAYS);
    while (clock.monotonic() < 1_900) await outcome(read(), clock, 50);
    expect(tier.breaker).toBe('closed');
    while (clock.monotonic() < 2_400) await outcome(read(), clock, 50);
    expect(tier.breaker).toBe('open');
  });

  test('is closed again by and by, though its probe was late while the tier was connecting', async () => {
    const { clock, faulty, tier, read } = setUp();
    const isUp = vi.spyOn(faulty, 'isUp', 'get').mockReturnValue(false);
    faulty.fail({ times: 4 });
    for (let call = 0; call < 4; call += 1) await expect(read()).rejects.toBeInstanceOf(TierError);
    faulty.hang(ALWAYS);
    await clock.advance(500);
    expect(await outcome(read(), clock, 50)).toBeInstanceOf(TierTimeoutError);
    faulty.heal();
    isUp.mockReturnValue(true);
    await clock.advance(1_000);
    expect(await read()).toEqual([undefined]);
    expect(tier.breaker).toBe('closed');
  });

  test('opens at once for a tier that refuses while it is still connecting', async () => {
    const { faulty, tier, read } = setUp();
    vi.spyOn(faulty, 'isUp', 'get').mockReturnValue(false);
    faulty.fail(ALWAYS, new Error('down'));
    for (let call = 0; call < 4; call += 1) await expect(read()).rejects.toBeInstanceOf(TierError);
    expect(tier.breaker).toBe('open');
  });

  test('asks the tier nothing while it is open', async () => {
    const { clock, faulty, tier, changes, read } = setUp();
    faulty.fail(ALWAYS, new Error('down'));
    for (let call = 0; call < 4; call += 1) await expect(read()).rejects.toBeInstanceOf(TierError);
    const count = faulty.count('getMany');
    await clock.advance(499);
    await expect(read()).rejects.toStrictEqual(new TierOpenError('redis'));
    await expect(tier.setMany([sealedSample(KEY)])).rejects.toBeInstanceOf(TierOpenError);
    await expect(collect(tier, '*')).rejects.toBeInstanceOf(TierOpenError);
    expect(faulty.count('getMany')).toBe(count);
    expect(changes).toStrictEqual([{ tier: 'redis', from: 'closed', to: 'open', reason: new Error('down') }]);
  });

  test('lets one call through when its time is up, and closes when that one is answered', async () => {
    const { clock, faulty, tier, changes, read } = setUp();
    faulty.fail({ times: 4 });
    for (let call = 0; call < 4; call += 1) await expect(read()).rejects.toThrow();
    await clock.advance(500);
    faulty.delay(10);
    const probe = read();
    for (let call = 0; call < 20; call += 1) await expect(read()).rejects.toBeInstanceOf(TierOpenError);
    expect(await outcome(probe, clock, 10)).toBe('answered');
    expect(tier.breaker).toBe('closed');
    await expect(read()).resolves.toStrictEqual([undefined]);
    expect(changes.map(({ to }) => to)).toStrictEqual(['open', 'half-open', 'closed']);
  });

  test('heals within ten seconds of the end of a fault, however long that was', async () => {
    const { clock, faulty, tier, read } = setUp();
    faulty.fail(ALWAYS);
    for (let second = 0; second < 600; second += 1) {
      await read().catch(() => {});
      await clock.advance(1_000);
    }
    faulty.heal();
    const began = clock.monotonic();
    while (tier.breaker !== 'closed') {
      await read().catch(() => {});
      await clock.advance(100);
    }
    expect(clock.monotonic() - began).toBeLessThan(10_000);
  });

  test('does not take the late failures of earlier calls for failures of its probe', async () => {
    const { clock, faulty, tier, read } = setUp({ deadline: '10s' });
    faulty.hang({ times: 3 });
    const early = [read(), read(), read()];
    faulty.fail({ times: 4 });
    for (let call = 0; call < 4; call += 1) await expect(read()).rejects.toThrow();
    await clock.advance(500);
    faulty.hang();
    const probe = read();
    expect(tier.breaker).toBe('half-open');
    faulty.release();
    await Promise.all([...early, probe]);
    expect(tier.breaker).toBe('closed');
  });

  test('keeps from a tier that fails half of the time', async () => {
    const { faulty, tier, read } = setUp();
    faulty.fail({ ...ALWAYS, share: 0.6 });
    let calls = 0;
    for (; tier.breaker === 'closed' && calls < 100; calls += 1) await read().catch(() => {});
    expect(calls).toBeLessThan(40);
  });

  test('bears single failures among many answers', async () => {
    const { faulty, tier, read } = setUp();
    faulty.fail({ ...ALWAYS, share: 0.1 });
    for (let call = 0; call < 500; call += 1) await read().catch(() => {});
    expect(tier.breaker).toBe('closed');
  });
});
