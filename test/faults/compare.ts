import { NatsServer } from '../servers/nats-server.ts';
import { RedisServer } from '../servers/redis-server.ts';
import type { Outcome } from './fault-row.ts';
import type { NodePlan } from './node-plan.ts';
import { soak } from './soak.ts';

const SEED = 77;

/** The same random operations and the same cuts of the bus, for Tiercel and for its peers; prints what became of each. */
export async function compare(): Promise<void> {
  const outcomes: Record<string, Outcome> = {};
  for (const library of ['tiercel', 'bentocache', 'cacheable'] as const) {
    for (const hasCuts of [false, true])
      outcomes[`${library}, ${hasCuts ? 'bus cut at random' : 'no fault'}`] = await run(library, hasCuts);
  }
  console.table(
    Object.fromEntries(
      Object.entries(outcomes).map(([name, { operations, violations, worstStalenessMs }]) => {
        const count = (...invariants: readonly number[]): number =>
          violations.filter(({ invariant }) => invariants.includes(invariant)).length;
        const worstMs = Math.round(Math.max(worstStalenessMs?.live ?? 0, worstStalenessMs?.blind ?? 0));
        return [
          name,
          {
            operations,
            'too old': count(2),
            'went back': count(3),
            'lost for good': count(4, 5),
            other: count(6, 7, 11, 12),
            'worst ms': worstMs,
          },
        ];
      }),
    ),
  );
}

async function run(library: NonNullable<NodePlan['library']>, hasCuts: boolean): Promise<Outcome> {
  await using redis = await RedisServer.start();
  await using nats = await NatsServer.start();
  return await soak({
    seed: SEED,
    library,
    hasCuts,
    faults: ['cut'],
    // What all of them can do.
    workload: { invalidatesGroups: false },
    ratePerMember: 400,
    bus: () => ({ kind: 'nats', servers: [nats.url] }),
    tier: () => ({ kind: 'redis', url: redis.url }),
  });
}
