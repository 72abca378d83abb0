import assert from 'node:assert/strict';
import type { RemoteTier } from '../tiers/remote-tier.ts';
import { sealedSample } from './sealed-sample.ts';
import { seeded } from './seeded.ts';
import { assertSame, collect } from './tier-answers.ts';
import { TierModel } from './tier-model.ts';
import type { TierTest } from './tier-subject.ts';

const KEYS: readonly string[] = Array.from({ length: 8 }, (_, n) => `main:quote:S${n}`);
const STEPS = 60;

/** Long runs of calls drawn by chance, held against the model. */
export function testHistories(testTier: TierTest): void {
  for (const seed of [1, 2, 3]) {
    testTier(`does as the model does, call by call (seed ${seed})`, async ({ tier }) => {
      const model = new TierModel();
      const random = seeded(seed);
      for (let step = 0; step < STEPS; step += 1) await callBoth(tier, model, random, step);
    });

    testTier(`ends as the model does when all calls are made at once, in any order (seed ${seed})`, async ({ tier }) => {
      const model = new TierModel();
      const random = seeded(seed);
      const calls: Promise<unknown>[] = [];
      for (const stamp of shuffled(STEPS, random)) {
        const keys = draw(KEYS, random);
        if (random() < 0.7) {
          const entries = keys.map((key) => sealedSample(key, { stamp }));
          calls.push(tier.setMany(entries));
          for (const entry of entries) model.set(entry);
        } else {
          calls.push(tier.deleteMany(keys, { stamp, origin: 1 }));
          for (const key of keys) model.delete(key, { stamp, origin: 1 });
        }
      }
      await Promise.all(calls);
      await assertAlike(tier, model);
    });
  }
}

async function callBoth(tier: RemoteTier, model: TierModel, random: () => number, step: number): Promise<void> {
  const keys = draw(KEYS, random);
  const version = { stamp: Math.floor(random() * 20), origin: Math.floor(random() * 3) };
  if (random() < 0.75) {
    const eventAt = random() < 0.5 ? undefined : Math.floor(random() * 5);
    const entries = keys.map((key) => sealedSample(key, { ...version, eventAt, value: `at step ${step}` }));
    assert.deepEqual(
      await tier.setMany(entries),
      entries.map((entry) => model.set(entry)),
      `step ${step}`,
    );
  } else {
    await tier.deleteMany(keys, version);
    for (const key of keys) model.delete(key, version);
  }
  await assertAlike(tier, model);
}

async function assertAlike(tier: RemoteTier, model: TierModel): Promise<void> {
  assertSame(
    await tier.getMany(KEYS),
    KEYS.map((key) => model.get(key)),
  );
  assert.deepEqual([...new Set(await collect(tier, 'main:*'))].sort(), model.keys().sort());
}

/** Some of the keys, one of them perhaps more than once. */
function draw(keys: readonly string[], random: () => number): string[] {
  return Array.from({ length: 1 + Math.floor(random() * 5) }, () => keys[Math.floor(random() * keys.length)] ?? '');
}

/** The numbers from 1 to `count`, each once. */
function shuffled(count: number, random: () => number): number[] {
  const places = Array.from({ length: count }, (_, n) => ({ n: n + 1, place: random() }));
  return places.sort((a, b) => a.place - b.place).map(({ n }) => n);
}
