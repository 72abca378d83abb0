import { BusCuts } from './bus-cuts.ts';
import { type Outcome, outcomeOf } from './fault-row.ts';
import { Fleet } from './fleet.ts';
import type { BusFault, BusPlan, NodePlan, TierPlan } from './node-plan.ts';
import { endure } from './ordeal.ts';
import type { WorkloadOptions } from './workload.ts';

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
  /** @default 'tiercel' */
  readonly library?: NodePlan['library'];
  /** Whether the bus is cut at all. @default true */
  readonly hasCuts?: boolean;
  /** @default all of them */
  readonly faults?: readonly BusFault[];
  readonly workload?: Omit<WorkloadOptions, 'seed' | 'ratePerMember'>;
}

/** Runs it: four processes, or four caches of one where the bus reaches no further. */
export async function soak(options: SoakOptions): Promise<Outcome> {
  const { seed, operations = 10_000, ratePerMember = 800, library = 'tiercel', hasCuts = true } = options;
  await using fleet = new Fleet();
  const bus = options.bus(fleet);
  const tier = options.tier?.(fleet);
  const plan = { library, bus, ...(tier && { tier }) };
  if (bus.kind === 'in-process') await fleet.start({ name: 'a', members: 4, ...plan });
  else await Promise.all(['a', 'b', 'c', 'd'].map((name) => fleet.start({ name, ...plan })));

  const cuts = new BusCuts(fleet, seed, options.faults);
  let cutting: Promise<void> | undefined;
  const result = await endure(fleet, {
    seed,
    workload: { ...options.workload, ratePerMember },
    calmMs: 200,
    faultMs: (operations / ratePerMember) * 1_000,
    afterMs: 200,
    ...(tier && { tier }),
    inject: () => {
      if (hasCuts) cutting = cuts.run();
    },
    heal: () => {
      cuts.end();
      return cutting;
    },
  });
  return outcomeOf(result, `${cuts.count} faults of the bus, seed ${seed}`);
}
