import { RedisServer } from '../../servers/redis-server.ts';
import { type FaultRow, outcomeOf } from '../fault-row.ts';
import { endure } from '../ordeal.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { embeddedTier, redisAlone, startFleet } from './topologies.ts';

/** Faults of the bus over Redis, with the tier elsewhere or in the same Redis. */
export const redisBusRows: readonly FaultRow[] = [
  {
    row: 2,
    fault: 'L2 and bus killed at once',
    injection: 'SIGKILL of the one Redis that is both; it starts again, empty, 4 s later',
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const { fleet, tier } = await startFleet(held, redisAlone(server.url));
      const result = await endure(fleet, {
        tier,
        faultMs: 4_000,
        cutOff: 'all',
        inject: () => server.kill(),
        heal: () => server.restart(),
      });
      return outcomeOf(result);
    },
  },
  {
    row: 8,
    fault: 'L2 and the log of the bus flushed',
    injection: 'FLUSHALL of the one Redis that is both, under load',
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const { fleet, tier } = await startFleet(held, redisAlone(server.url));
      const result = await endure(fleet, { tier, faultMs: 1_000, blind: 'all', inject: () => server.flushAll() });
      return outcomeOf(result);
    },
  },
  {
    row: 13,
    fault: 'bus over Redis killed under load',
    injection: 'SIGKILL of Redis, with the tier in LMDB; it starts again 4 s later',
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const { fleet, tier } = await startFleet(held, (own) => ({ tier: embeddedTier(own), bus: { kind: 'redis', url: server.url } }));
      const result = await endure(fleet, { tier, faultMs: 4_000, blind: 'all', inject: () => server.kill(), heal: () => server.restart() });
      return outcomeOf(result);
    },
  },
  partitionRow('partitioned for one node, healed', 'keeps its connections and forwards nothing', (proxy) => proxy.blackHole()),
  partitionRow('heard by one node no more', 'forwards nothing that comes from Redis', (proxy) => proxy.cut('down')),
  {
    row: 15,
    fault: 'bus over Redis hung',
    injection: 'SIGSTOP of Redis, with the tier in LMDB; SIGCONT 5 s later',
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const { fleet, tier } = await startFleet(held, (own) => ({ tier: embeddedTier(own), bus: { kind: 'redis', url: server.url } }));
      const result = await endure(fleet, { tier, faultMs: 5_000, blind: 'all', inject: () => server.stop(), heal: () => server.cont() });
      return outcomeOf(result);
    },
  },
];

function partitionRow(fault: string, how: string, inject: (proxy: TcpProxy) => void): FaultRow {
  return {
    row: 14,
    fault: `bus over Redis ${fault}`,
    injection: `a proxy between one node and Redis ${how}, for 6 s; the tier is in LMDB`,
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const proxy = held.use(await TcpProxy.open({ targetPort: server.port }));
      const { fleet, tier } = await startFleet(held, (own, node) => ({
        tier: embeddedTier(own),
        bus: { kind: 'redis', url: node === 'c' ? `redis://127.0.0.1:${proxy.port}` : server.url },
      }));
      const result = await endure(fleet, {
        tier,
        faultMs: 6_000,
        afterMs: 3_000,
        blind: ['c'],
        inject: () => inject(proxy),
        heal: () => proxy.heal(),
      });
      return outcomeOf(result);
    },
  };
}
