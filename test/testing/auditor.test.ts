import { describe, expect, test } from 'vitest';
import { Auditor, type AuditorOptions } from '../../src/testing/auditor.ts';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';

const KEY = 'quote';
const END_MS = 10_000;

/** A source, a replica that follows it when told to, and an auditor of both. */
function setUp(options: Partial<AuditorOptions> = {}) {
  const clock = new FakeClock();
  const [source, near] = [new Map<string, unknown>(), new Map<string, unknown>()];
  const auditor = new Auditor({
    truth: (key) => source.get(key),
    replicas: { near: (key) => near.get(key) },
    clock,
    ...options,
  });
  const change = async (value: unknown, key = KEY): Promise<void> => {
    source.set(key, value);
    auditor.changed(key);
    await settle();
  };
  return { clock, source, near, auditor, change };
}

describe('Auditor', () => {
  test('finds nothing where every replica says what is true, or nothing', async () => {
    const { clock, near, auditor, change } = setUp();
    await change(1);
    near.set(KEY, 1);
    await clock.advance(END_MS);
    expect(auditor.report()).toMatchObject({ checks: 3, mismatches: 0, violations: 0, failures: 0, maxOutdatedMs: 0, examples: [] });
    expect([auditor.isDone, clock.timerCount]).toStrictEqual([true, 0]);
  });

  test('gives each mismatch an age, and calls one a violation once that is past the bound', async () => {
    const { clock, near, auditor, change } = setUp();
    near.set(KEY, { price: 1 });
    await change({ price: 2 });
    await clock.advance(END_MS);
    const { checks, mismatches, violations, maxOutdatedMs, examples, ages } = auditor.report();
    expect({ checks, mismatches, violations, maxOutdatedMs }).toStrictEqual({
      checks: 3,
      mismatches: 3,
      violations: 1,
      maxOutdatedMs: END_MS,
    });
    expect(examples).toStrictEqual([{ replica: 'near', key: KEY, said: { price: 1 }, truth: { price: 2 }, outdatedMs: END_MS }]);
    expect(ages.map(({ ageMs, violations: late }) => [ageMs, late])).toStrictEqual([
      [0, 0],
      [1_000, 0],
      [END_MS, 1],
    ]);
  });

  test('lets a replica lag, by no more than the bound', async () => {
    const { clock, near, auditor, change } = setUp({ agesMs: [0, 500], boundMs: 500 });
    for (let version = 1; version <= 50; version += 1) {
      await change(version);
      await clock.advance(500);
      near.set(KEY, version);
    }
    expect(auditor.report()).toMatchObject({ violations: 0, maxOutdatedMs: 500 });
    await change(51);
    await clock.advance(400);
    await change(52);
    await clock.advance(500);
    expect(auditor.report()).toMatchObject({ violations: 1, maxOutdatedMs: 900 });
    expect(auditor.report().examples).toMatchObject([{ said: 50, truth: 52 }]);
  });

  test('takes a value that came back for the one that is true now', async () => {
    const { clock, near, auditor, change } = setUp();
    near.set(KEY, 'a');
    await change('a');
    await clock.advance(5_000);
    await change('b');
    await change('a');
    await clock.advance(2 * END_MS);
    expect(auditor.report()).toMatchObject({ violations: 0, mismatches: 1 });
  });

  test('finds a replica that still has what was deleted', async () => {
    const { clock, near, auditor, change } = setUp();
    near.set(KEY, 1);
    await change(undefined);
    await clock.advance(END_MS);
    expect(auditor.report().violations).toBe(1);
  });

  test('blames nobody for a change that came while it was looking', async () => {
    const clock = new FakeClock();
    let version = 1;
    let answer: (said: unknown) => void = () => {};
    const auditor = new Auditor({
      truth: () => version,
      replicas: { slow: () => new Promise((resolve) => (answer = resolve)), quick: () => version },
      agesMs: [5_000],
      clock,
    });
    auditor.changed(KEY);
    await clock.advance(5_000);
    version = 2;
    answer(1);
    await settle();
    expect(auditor.report()).toMatchObject({ checks: 2, mismatches: 0, violations: 0 });
  });

  test('counts what does not answer, and tells replicas apart', async () => {
    const { clock, auditor, change } = setUp({
      replicas: {
        broken: () => {
          throw new Error('no');
        },
        hung: () => new Promise(() => {}),
        right: () => 1,
        wrong: async () => 0,
      },
    });
    await change(1);
    await clock.advance(3 * END_MS);
    const none = { checks: 0, mismatches: 0, violations: 0, failures: 3 };
    expect(auditor.report().replicas).toStrictEqual({
      broken: none,
      hung: none,
      right: { checks: 3, mismatches: 0, violations: 0, failures: 0 },
      wrong: { checks: 3, mismatches: 3, violations: 3, failures: 0 },
    });
    expect([auditor.isDone, clock.timerCount]).toStrictEqual([true, 0]);
  });

  test('blames nobody while the truth cannot be told', async () => {
    const { clock, auditor } = setUp({ truth: () => Promise.reject(new Error('down')), replicas: { near: () => 1 } });
    auditor.changed(KEY);
    await clock.advance(END_MS);
    expect(auditor.report()).toMatchObject({ checks: 0, mismatches: 0, failures: 3 });
  });

  test('has so many keys under audit and no more, and says what it skipped', async () => {
    const { clock, auditor } = setUp({ agesMs: [1_000] });
    for (let n = 0; n < 10_003; n += 1) auditor.changed(`${n}`);
    expect(auditor.report().skipped).toBe(3);
    auditor[Symbol.dispose]();
    auditor.changed(KEY);
    await clock.advance(1_000);
    expect([auditor.report().checks, auditor.report().skipped, auditor.isDone, clock.timerCount]).toStrictEqual([0, 4, true, 0]);
  });
});
