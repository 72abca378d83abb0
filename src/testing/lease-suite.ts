import assert from 'node:assert/strict';
import type { Leases } from '../tiers/leases.ts';
import type { SuiteRunner } from './tier-subject.ts';

/** Leases to be tested, with nothing lent yet, and the time they live in. */
export interface LeaseSubject {
  /** The leases as one more process has them. */
  connect(): Leases | Promise<Leases>;
  /** Lets so many milliseconds go by for the leases. */
  pass(ms: number): Promise<void>;
  /** Takes the leases away, connections included. */
  close(): Promise<void>;
}

/** Makes a place for leases of its own for each test. */
export type LeaseFactory = () => LeaseSubject | Promise<LeaseSubject>;

/** The term of the leases of a suite that are to end. */
export const LEASE_MS = 400;

/** A term that ends in no test. */
const LONG_MS = 60_000;

const HOLDERS = 100;

type LeaseTest = (name: string, run: (subject: LeaseSubject) => Promise<void>) => void;

/**
 * Describes what any leases must do, whatever they are kept in.
 *
 * @example
 * describeLeases('my tier', () => {
 *   const clock = new FakeClock();
 *   const tier = new MyTier({ clock });
 *   return { connect: () => tier.leases, pass: (ms) => clock.advance(ms), close: () => tier[Symbol.asyncDispose]() };
 * }, { describe, test });
 */
export function describeLeases(name: string, factory: LeaseFactory, { describe, test }: SuiteRunner): void {
  const testLeases: LeaseTest = (fact, run) =>
    test(fact, async () => {
      const subject = await factory();
      try {
        await run(subject);
      } finally {
        await subject.close();
      }
    });
  describe(`${name}, as leases`, () => {
    describe('exclusion', () => testExclusion(testLeases));
    describe('terms', () => testTerms(testLeases));
    describe('releases', () => testReleases(testLeases));
  });
}

function testExclusion(testLeases: LeaseTest): void {
  testLeases('lend a key to one holder, and tell the others what is left', async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    assert.deepEqual(await one.acquire(['main:quote:A'], 'one', LONG_MS), [0]);
    await assertLeft(other, 'main:quote:A', 'other', LONG_MS);
    assert.deepEqual(await other.acquire(['main:quote:B'], 'other', LONG_MS), [0]);
    await assertLeft(one, 'main:quote:B', 'one', LONG_MS);
  });

  testLeases('tell two holders of one process apart', async ({ connect }) => {
    const leases = await connect();
    assert.deepEqual(await leases.acquire(['main:quote:A'], 'a', LONG_MS), [0]);
    await assertLeft(leases, 'main:quote:A', 'ab', LONG_MS);
    await assertLeft(leases, 'main:quote:A', '', LONG_MS);
  });

  testLeases('answer many keys in one call, in their order', async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    const keys = Array.from({ length: 2_000 }, (_, n) => `main:bars:${n}`);
    const [some, more] = [keys.filter((_, n) => n % 3 === 0), keys.filter((_, n) => n % 3 !== 0)];
    assert.ok((await one.acquire(some, 'one', LONG_MS)).every((leftMs) => leftMs === 0));
    const answers = await other.acquire(keys, 'other', LONG_MS);
    assert.deepEqual(
      keys.filter((_, n) => answers[n] === 0),
      more,
    );
    await other.release(keys, 'other');
    assert.deepEqual(await one.acquire(['main:bars:1', 'main:bars:1', 'main:bars:2'], 'one', LONG_MS), [0, 0, 0]);
  });

  testLeases('take no keys at all, and keys in any script', async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    assert.deepEqual(await one.acquire([], 'one', LONG_MS), []);
    await one.release([], 'one');
    const keys = ['main::日経平均', 'main::🐂', 'main::a:b:c', 'main::"quoted\\', `main:quote:${'a'.repeat(1_024)}`];
    assert.deepEqual(
      await one.acquire(keys, 'der Erste 🐻', LONG_MS),
      keys.map(() => 0),
    );
    for (const key of keys) await assertLeft(other, key, 'other', LONG_MS);
  });

  testLeases(`lend a key to one of ${HOLDERS} who ask at once`, async ({ connect }) => {
    const places = await Promise.all([connect(), connect(), connect(), connect()]);
    for (let round = 0; round < 5; round += 1) {
      const asked = Array.from({ length: HOLDERS }, async (_, n) => {
        const [leftMs] = (await places[n % places.length]?.acquire([`main:quote:${round}`], `holder ${n}`, LONG_MS)) ?? [];
        return leftMs;
      });
      const answers = await Promise.all(asked);
      assert.equal(answers.filter((leftMs) => leftMs === 0).length, 1);
    }
  });
}

function testTerms(testLeases: LeaseTest): void {
  testLeases('end with their term, whether the holder lives or not', async ({ connect, pass }) => {
    const [one, other] = [await connect(), await connect()];
    await one.acquire(['main:quote:A'], 'one', LEASE_MS);
    await pass(LEASE_MS + 50);
    assert.deepEqual(await other.acquire(['main:quote:A'], 'other', LONG_MS), [0]);
    await assertLeft(one, 'main:quote:A', 'one', LONG_MS);
  });

  testLeases('tell a time after which they have ended', async ({ connect, pass }) => {
    const [one, other] = [await connect(), await connect()];
    await one.acquire(['main:quote:A'], 'one', LEASE_MS);
    await pass(LEASE_MS / 4);
    const [leftMs = 0] = await other.acquire(['main:quote:A'], 'other', LONG_MS);
    assert.ok(leftMs > 0 && leftMs <= (LEASE_MS * 3) / 4 + 1, `${leftMs} ms are left`);
    await pass(leftMs + 20);
    assert.deepEqual(await other.acquire(['main:quote:A'], 'other', LONG_MS), [0]);
  });

  testLeases('begin anew for their holder, and for nobody else', async ({ connect, pass }) => {
    const [one, other] = [await connect(), await connect()];
    await one.acquire(['main:quote:A'], 'one', LEASE_MS);
    await other.acquire(['main:quote:A'], 'other', LONG_MS);
    assert.deepEqual(await one.acquire(['main:quote:A'], 'one', LEASE_MS * 4), [0]);
    await pass(LEASE_MS + 50);
    await assertLeft(other, 'main:quote:A', 'other', LEASE_MS * 4);
  });
}

function testReleases(testLeases: LeaseTest): void {
  testLeases('are free at once when their holder gives them up', async ({ connect }) => {
    const [one, other] = [await connect(), await connect()];
    await one.acquire(['main:quote:A', 'main:quote:B'], 'one', LONG_MS);
    await one.release(['main:quote:A'], 'one');
    assert.deepEqual(await other.acquire(['main:quote:A'], 'other', LONG_MS), [0]);
    await assertLeft(other, 'main:quote:B', 'other', LONG_MS);
  });

  testLeases('are given up by their holder alone', async ({ connect, pass }) => {
    const [one, other] = [await connect(), await connect()];
    await one.acquire(['main:quote:A'], 'one', LEASE_MS);
    await other.release(['main:quote:A', 'main:quote:free'], 'other');
    await assertLeft(other, 'main:quote:A', 'other', LEASE_MS);
    await pass(LEASE_MS + 50);
    await other.acquire(['main:quote:A'], 'other', LONG_MS);
    await one.release(['main:quote:A'], 'one');
    await assertLeft(one, 'main:quote:A', 'one', LONG_MS);
  });
}

/** Asserts that `holder` is not lent the key, and that no more than `ttlMs` are left of it. */
async function assertLeft(leases: Leases, key: string, holder: string, ttlMs: number): Promise<void> {
  const [leftMs = 0, ...more] = await leases.acquire([key], holder, LONG_MS);
  assert.ok(leftMs > 0 && leftMs <= ttlMs, `${leftMs} ms are left of ${ttlMs}`);
  assert.deepEqual(more, []);
}
