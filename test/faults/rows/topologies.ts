import { join } from 'node:path';
import { Fleet, type OwnPlan } from '../fleet.ts';
import type { BusPlan, TierPlan } from '../node-plan.ts';
import type { NodeProcess, NodeStart } from '../node-process.ts';

/** What a node of a fleet is connected to. */
export interface Connections {
  readonly tier: TierPlan;
  readonly bus: BusPlan;
}

/** What each node is connected to, by its name: they may go through proxies of their own. */
export type Topology = (fleet: Fleet, node: string) => Connections;

/** A fleet, its nodes, and the way to the tier they share. */
export interface StartedFleet {
  readonly fleet: Fleet;
  readonly a: NodeProcess;
  readonly b: NodeProcess;
  readonly c: NodeProcess;
  readonly tier: TierPlan;
}

/** The embedded tier and the embedded bus: processes of one host, and no server. */
export const embedded: Topology = (fleet) => ({ tier: embeddedTier(fleet), bus: embeddedBus(fleet) });

export function embeddedTier(fleet: Fleet): TierPlan {
  return { kind: 'lmdb', path: join(fleet.folder, 'store') };
}

export function embeddedBus(fleet: Fleet): BusPlan {
  return { kind: 'lmdb', path: join(fleet.folder, 'bus') };
}

/** Redis as the tier, and the bus that needs no server: what fails is the tier alone. */
export function redisTier(options: Omit<Extract<TierPlan, { kind: 'redis' }>, 'kind'>): Topology {
  return (fleet) => ({ tier: { kind: 'redis', ...options }, bus: embeddedBus(fleet) });
}

/** One Redis as the tier and the bus: both fail at once. */
export function redisAlone(url: string): Topology {
  return () => ({ tier: { kind: 'redis', url }, bus: { kind: 'redis', url } });
}

/** Starts the nodes `a`, `b` and `c`. */
export async function startFleet(
  held: AsyncDisposableStack,
  topology: Topology,
  own: Partial<OwnPlan> = {},
  startOf: (node: string) => Partial<NodeStart> = () => ({}),
): Promise<StartedFleet> {
  const fleet = held.use(new Fleet());
  const begin = (name: string): Promise<NodeProcess> => fleet.start({ name, ...topology(fleet, name), ...own }, startOf(name));
  const [a, b, c] = await Promise.all([begin('a'), begin('b'), begin('c')]);
  return { fleet, a, b, c, tier: topology(fleet, 'inspector').tier };
}
