import { RedisServer } from '../servers/redis-server.ts';
import type { Outcome } from './fault-row.ts';
import type { NodePlan } from './node-plan.ts';
import { writeSection } from './report.ts';
import { soak } from './soak.ts';

type Library = NonNullable<NodePlan['library']>;

const NAMES: Readonly<Record<Library, string>> = { tiercel: 'Tiercel', bentocache: 'BentoCache', cacheable: 'Cacheable' };

const SEED = 77;

/** The same random operations and the same cuts of the bus, for Tiercel and for its peers, written down side by side. */
export async function compare(): Promise<void> {
  const lines: string[] = [];
  for (const library of ['tiercel', 'bentocache', 'cacheable'] as const) {
    for (const hasCuts of [false, true]) {
      const line = `| ${NAMES[library]}, ${hasCuts ? 'bus cut at random' : 'no fault'} | ${cellsOf(await run(library, hasCuts)).join(' | ')} |`;
      console.log(line);
      lines.push(line);
    }
  }
  const head =
    '| | operations | answered too old | went back | lost for good | anything else | worst |\n| --- | --- | --- | --- | --- | --- | --- |';
  writeSection('test:faults -- --compare', `\n${head}\n${lines.join('\n')}\n`);
}

async function run(library: Library, hasCuts: boolean): Promise<Outcome> {
  await using redis = await RedisServer.start();
  return await soak({
    seed: SEED,
    library,
    wireFaults: hasCuts ? ['silence', 'refusal'] : [],
    // What all of them can do.
    workload: { invalidatesGroups: false },
    ratePerMember: 400,
    // Whoever keeps what could not be told and tells it later has had the time.
    quietMs: 5_000,
    bus: { serverPort: redis.port, planFor: (port) => ({ kind: 'redis', url: `redis://127.0.0.1:${port}` }) },
    tier: () => ({ kind: 'redis', url: redis.url }),
  });
}

function cellsOf({ operations, violations, worstStalenessMs }: Outcome): readonly string[] {
  const count = (...invariants: readonly number[]): number => violations.filter(({ invariant }) => invariants.includes(invariant)).length;
  const worstMs = Math.round(Math.max(worstStalenessMs?.live ?? 0, worstStalenessMs?.blind ?? 0));
  return [operations, count(2), count(3), count(4, 5), count(6, 7, 11, 12), `${worstMs} ms`].map(String);
}
