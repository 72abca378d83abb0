import { BusCuts } from './bus-cuts.ts';
import { type Outcome, outcomeOf } from './fault-row.ts';
import { Fleet } from './fleet.ts';
import type { BusPlan, TierPlan } from './node-plan.ts';
import { endure } from './ordeal.ts';

/** A long run of random operations under random faults of the bus. */
export interface SoakOptions {
  readonly seed: number;
  readonly bus: (fleet: Fleet) => BusPlan;
  /** @default none */
  readonly tier?: (fleet: Fleet) => TierPlan;
  /** Operations on each of the four caches. @default 10_000 */
  readonly operations?: number;
  /** Operations a second on each. @default 800 */
  readonly ratePerMember?: number;
}

/** Runs it: four processes, or four caches of one where the bus reaches no further. */
export async function soak(options: SoakOptions): Promise<Outcome> {
  const { seed, operations = 10_000, ratePerMember = 800 } = options;
  await using fleet = new Fleet();
  const bus = options.bus(fleet);
  const tier = options.tier?.(fleet);
  const plan = { bus, ...(tier && { tier }) };
  if (bus.kind === 'in-process') await fleet.start({ name: 'a', members: 4, ...plan });
  else await Promise.all(['a', 'b', 'c', 'd'].map((name) => fleet.start({ name, ...plan })));

  const cuts = new BusCuts(fleet, seed);
  let cutting: Promise<void> | undefined;
  const result = await endure(fleet, {
    seed,
    workload: { ratePerMember },
    calmMs: 200,
    faultMs: (operations / ratePerMember) * 1_000,
    afterMs: 200,
    ...(tier && { tier }),
    inject: () => {
      cutting = cuts.run();
    },
    heal: () => {
      cuts.end();
      return cutting;
    },
  });
  return outcomeOf(result, `${cuts.count} faults of the bus, seed ${seed}`);
}
