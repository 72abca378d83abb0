import { join } from 'node:path';
import { Fleet, type OwnPlan } from '../fleet.ts';
import type { BusPlan, TierPlan } from '../node-plan.ts';
import type { NodeProcess, NodeStart } from '../node-process.ts';

/** What nodes have in common. */
export interface Common {
  readonly tier: TierPlan;
  readonly bus: BusPlan;
}

/** A fleet, its nodes, and the tier they share. */
export interface StartedFleet {
  readonly fleet: Fleet;
  readonly nodes: readonly NodeProcess[];
  readonly tier: TierPlan;
}

/** The embedded tier and the embedded bus: processes of one host, and no server. */
export function embedded(fleet: Fleet): Common {
  return { tier: { kind: 'lmdb', path: join(fleet.folder, 'store') }, bus: { kind: 'lmdb', path: join(fleet.folder, 'bus') } };
}

/** Starts three nodes, `a`, `b` and `c`. */
export async function startFleet(
  held: AsyncDisposableStack,
  common: (fleet: Fleet) => Common,
  own: Partial<OwnPlan> = {},
  start: Partial<NodeStart> = {},
): Promise<StartedFleet> {
  const fleet = held.use(new Fleet());
  const shared = common(fleet);
  const nodes = await Promise.all(['a', 'b', 'c'].map((name) => fleet.start({ name, ...shared, ...own }, start)));
  return { fleet, nodes, tier: shared.tier };
}
