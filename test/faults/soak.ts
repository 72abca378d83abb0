import { setTimeout as sleep } from 'node:timers/promises';
import type { Auditor } from '../../src/testing/auditor.ts';
import { BusCuts, type BusInjection, faultsWithin } from './bus-cuts.ts';
import { BusWires, type WireFault } from './bus-wires.ts';
import { type Outcome, outcomeOf, unless } from './fault-row.ts';
import { Fleet } from './fleet.ts';
import { type BusFault, type BusPlan, type NodePlan, now, type TierPlan } from './node-plan.ts';
import { endure } from './ordeal.ts';
import type { WorkloadOptions } from './workload.ts';

const NODES = ['a', 'b', 'c', 'd'];

/** What was true so long ago may still be said: `suspectTtl`, a message's way, and a pause of the machine. */
const AUDIT_BOUND_MS = 3_000;

const POLL_MS = 100;

/** A bus over a server of this host, to which each node has a wire of its own. */
export interface WiredBus {
  readonly serverPort: number;
  /** The bus of a node whose wire begins at a port. */
  planFor(port: number): BusPlan;
}

/** A long run of random operations under random faults of the bus. */
export interface SoakOptions {
  readonly seed: number;
  readonly bus: ((fleet: Fleet) => BusPlan) | WiredBus;
  /** @default none */
  readonly tier?: (fleet: Fleet) => TierPlan;
  /** Operations on each of the four caches. @default 10_000 */
  readonly operations?: number;
  /** Operations a second on each. @default 800 */
  readonly ratePerMember?: number;
  /** @default 'tiercel' */
  readonly library?: NodePlan['library'];
  /** What befalls the bus within the nodes. @default none */
  readonly faultsWithin?: readonly BusFault[];
  /** What befalls the wires of a bus that has some. @default none */
  readonly wireFaults?: readonly WireFault[];
  /** So long after each change of a sample of the keys an auditor asks all caches and the shared tier. @default [], no audit */
  readonly auditAgesMs?: readonly number[];
  /** So long after all was healed every key is read. @default 1_000 */
  readonly quietMs?: number;
  readonly workload?: Omit<WorkloadOptions, 'seed' | 'ratePerMember'>;
}

/** Runs it: four processes, or four caches of one where the bus reaches no further. */
export async function soak(options: SoakOptions): Promise<Outcome> {
  const { seed, bus, operations = 10_000, ratePerMember = 800, library = 'tiercel', quietMs, auditAgesMs = [] } = options;
  await using held = new AsyncDisposableStack();
  const wires = 'serverPort' in bus ? held.use(await BusWires.open(NODES, bus.serverPort)) : undefined;
  const fleet = held.use(new Fleet());
  const tier = options.tier?.(fleet);
  const planOf = (name: string): BusPlan => ('serverPort' in bus ? bus.planFor(wires?.portOf(name) ?? 0) : bus(fleet));
  const own = { library, ...(tier && { tier }) };
  if (planOf('a').kind === 'in-process') await fleet.start({ name: 'a', members: NODES.length, bus: planOf('a'), ...own });
  else await Promise.all(NODES.map((name) => fleet.start({ name, bus: planOf(name), ...own })));

  const auditor = auditAgesMs.length > 0 ? await fleet.audit(auditAgesMs, AUDIT_BOUND_MS, tier) : undefined;
  const cuts = new BusCuts(fleet, seed, injectionsOf(options, wires));
  let cutting: Promise<void> | undefined;
  const result = await endure(fleet, {
    seed,
    workload: { ...options.workload, ratePerMember },
    calmMs: 200,
    faultMs: (operations / ratePerMember) * 1_000,
    afterMs: 200,
    ...(quietMs !== undefined && { quietMs }),
    ...(tier && { tier }),
    inject: () => {
      cutting = cuts.run();
    },
    heal: () => {
      cuts.end();
      return cutting;
    },
  });
  const outcome = outcomeOf(result, `${cuts.count} faults of the bus, seed ${seed}`);
  return auditor ? audited(outcome, auditor) : outcome;
}

/** An outcome with what an auditor found until its last look. */
async function audited(outcome: Outcome, auditor: Auditor): Promise<Outcome> {
  while (!auditor.isDone) await sleep(POLL_MS);
  const { checks, mismatches, failures, skipped, maxOutdatedMs, examples, ages } = auditor.report();
  const at = ages.map(({ ageMs, mismatches: older }) => `${older} after ${ageMs / 1_000} s`).join(', ');
  const found = `${checks} audits, ${mismatches} of them found an older value (${at}), none one outdated for more than ${Math.round(maxOutdatedMs)} ms`;
  const unseen = failures + skipped > 0 ? [`${failures + skipped} not answered`] : [];
  const violations = examples.map(({ replica: node, key, said, truth, outdatedMs }) => {
    return { invariant: 2, node, key, what: `audit: holds ${said}, ${Math.round(outdatedMs)} ms after ${truth} came`, at: now() };
  });
  const blind = unless(checks > failures, 2, `audit: ${checks} questions answered, ${failures} not`);
  return {
    ...outcome,
    happened: [outcome.happened, found, ...unseen].join('; '),
    violations: [...outcome.violations, ...violations, ...blind],
  };
}

function injectionsOf({ faultsWithin: within = [], wireFaults = [] }: SoakOptions, wires: BusWires | undefined): readonly BusInjection[] {
  return [...faultsWithin(within), ...(wires?.injections(wireFaults) ?? [])];
}
