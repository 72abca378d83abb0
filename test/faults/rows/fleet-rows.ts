import { RedisCluster } from '../../servers/redis-cluster.ts';
import { RedisSentinels } from '../../servers/redis-sentinels.ts';
import type { RedisServer } from '../../servers/redis-server.ts';
import { type FaultRow, outcomeOf } from '../fault-row.ts';
import { endure } from '../ordeal.ts';
import { redisTier, startFleet } from './topologies.ts';

/** Faults of Redis where it is more than one server: Sentinel and Cluster. */
export const fleetRows: readonly FaultRow[] = [
  sentinelRow(
    'killed',
    (master) => master.kill(),
    (master) => master.restart(),
  ),
  sentinelRow(
    'hung',
    (master) => master.stop(),
    (master) => master.cont(),
  ),
  {
    row: 12,
    fault: 'Cluster resharded',
    injection: "half of one master's slots move to another under load",
    needs: ['redis-server'],
    run: async (held) => {
      const cluster = held.use(await RedisCluster.start());
      const { fleet, tier } = await startFleet(held, redisTier({ cluster: { nodes: cluster.nodes } }));
      const [from, to] = await cluster.masters();
      if (!from || !to) throw new Error('A cluster has masters');
      const result = await endure(fleet, { tier, faultMs: 0, inject: () => cluster.moveSlots(from, to, 2_000) });
      return outcomeOf(result);
    },
  },
  {
    row: 12,
    fault: 'Cluster primary killed',
    injection: 'SIGKILL of one of three masters; its replica takes its place; it comes back 6 s later',
    needs: ['redis-server'],
    run: async (held) => {
      const cluster = held.use(await RedisCluster.start());
      const { fleet, tier } = await startFleet(held, redisTier({ cluster: { nodes: cluster.nodes } }));
      // What a replica has not been sent yet is lost with its master (Redis replicates behind the answer).
      fleet.history.isSharedTierLossy = true;
      const [master] = await cluster.masters();
      const result = await endure(fleet, { tier, faultMs: 6_000, inject: () => master?.kill(), heal: () => master?.restart() });
      return outcomeOf(result);
    },
  },
];

function sentinelRow(how: 'killed' | 'hung', inject: (master: RedisServer) => unknown, heal: (master: RedisServer) => unknown): FaultRow {
  return {
    row: 11,
    fault: `Sentinel failover, master ${how}`,
    injection: `${how === 'killed' ? 'SIGKILL' : 'SIGSTOP'} of the master of one and two, watched by three; it comes back 7 s later`,
    needs: ['redis-server'],
    run: async (held) => {
      const sentinels = held.use(await RedisSentinels.start());
      const { fleet, tier } = await startFleet(held, redisTier({ sentinel: { name: sentinels.name, nodes: sentinels.nodes } }));
      fleet.history.isSharedTierLossy = true;
      const master = await sentinels.master();
      if (!master) throw new Error('Sentinels name a master');
      const result = await endure(fleet, { tier, faultMs: 7_000, inject: () => inject(master), heal: () => heal(master) });
      return outcomeOf(result);
    },
  };
}
