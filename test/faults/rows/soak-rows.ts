import { NatsServer } from '../../servers/nats-server.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import type { FaultRow } from '../fault-row.ts';
import { soak } from '../soak.ts';
import { embeddedBus, embeddedTier } from './topologies.ts';

const INJECTION =
  '10 000 random operations on each of four caches, every answer audited, under random cuts, silences and disorder of the bus';

/** The audit of everything that caches answer, over a long run, for each bus. */
export const soakRows: readonly FaultRow[] = [
  {
    row: 30,
    fault: 'audit: in-process bus, no L2',
    injection: INJECTION,
    run: () => soak({ seed: 301, bus: () => ({ kind: 'in-process' }) }),
  },
  {
    row: 30,
    fault: 'audit: in-process bus, LMDB',
    injection: INJECTION,
    run: () => soak({ seed: 302, bus: () => ({ kind: 'in-process' }), tier: embeddedTier }),
  },
  {
    row: 30,
    fault: 'audit: embedded bus, LMDB',
    injection: INJECTION,
    run: () => soak({ seed: 303, bus: embeddedBus, tier: embeddedTier }),
  },
  {
    row: 30,
    fault: 'audit: Redis alone, tier and bus',
    injection: INJECTION,
    needs: ['redis-server'],
    run: async (held) => {
      const { url } = held.use(await RedisServer.start());
      return soak({ seed: 305, bus: () => ({ kind: 'redis', url }), tier: () => ({ kind: 'redis', url }) });
    },
  },
  {
    row: 30,
    fault: 'audit: NATS, Redis',
    injection: INJECTION,
    needs: ['nats-server', 'redis-server'],
    run: async (held) => {
      const nats = held.use(await NatsServer.start());
      const redis = held.use(await RedisServer.start());
      return soak({ seed: 304, bus: () => ({ kind: 'nats', servers: [nats.url] }), tier: () => ({ kind: 'redis', url: redis.url }) });
    },
  },
];
