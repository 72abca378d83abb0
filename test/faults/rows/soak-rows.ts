import { NatsServer } from '../../servers/nats-server.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import type { FaultRow } from '../fault-row.ts';
import type { BusFault } from '../node-plan.ts';
import { soak, type WiredBus } from '../soak.ts';
import { embeddedBus, embeddedTier } from './topologies.ts';

const OPERATIONS =
  '10 000 random operations on each of four caches, every answer checked, and a tenth of the keys audited 0, 1 and 10 s after each change';
const INJECTION = `${OPERATIONS}, under random cuts, silences and disorder of the bus within the nodes`;
const WIRED = `${OPERATIONS}; proxies between each node and the server of the bus fall silent, in one direction or both, reset and refuse at random, and within the nodes messages are lost, doubled, late and out of order`;

const AUDIT = { auditAgesMs: [0, 1_000, 10_000] };
const WITHIN: readonly BusFault[] = ['cut', 'silent cut', 'rough'];
const ON_WIRE = { faultsWithin: ['rough'], wireFaults: ['silence', 'deafness', 'muteness', 'resets', 'refusal'] } as const;

/** The audit of everything that caches answer, over a long run, for each bus. */
export const soakRows: readonly FaultRow[] = [
  {
    row: 30,
    fault: 'audit: in-process bus, no L2',
    injection: INJECTION,
    run: () => soak({ seed: 301, ...AUDIT, faultsWithin: WITHIN, bus: () => ({ kind: 'in-process' }) }),
  },
  {
    row: 30,
    fault: 'audit: in-process bus, LMDB',
    injection: INJECTION,
    run: () => soak({ seed: 302, ...AUDIT, faultsWithin: WITHIN, bus: () => ({ kind: 'in-process' }), tier: embeddedTier }),
  },
  {
    row: 30,
    fault: 'audit: embedded bus, LMDB',
    injection: INJECTION,
    run: () => soak({ seed: 303, ...AUDIT, faultsWithin: WITHIN, bus: embeddedBus, tier: embeddedTier }),
  },
  {
    row: 30,
    fault: 'audit: Redis alone, tier and bus',
    injection: WIRED,
    needs: ['redis-server'],
    run: async (held) => {
      const redis = held.use(await RedisServer.start());
      return soak({ seed: 305, ...AUDIT, ...ON_WIRE, bus: overRedis(redis), tier: () => ({ kind: 'redis', url: redis.url }) });
    },
  },
  {
    row: 30,
    fault: 'audit: NATS, Redis',
    injection: WIRED,
    needs: ['nats-server', 'redis-server'],
    run: async (held) => {
      const nats = held.use(await NatsServer.start());
      const redis = held.use(await RedisServer.start());
      return soak({ seed: 304, ...AUDIT, ...ON_WIRE, bus: overNats(nats), tier: () => ({ kind: 'redis', url: redis.url }) });
    },
  },
];

function overRedis({ port: serverPort }: RedisServer): WiredBus {
  return { serverPort, planFor: (port) => ({ kind: 'redis', url: `redis://127.0.0.1:${port}` }) };
}

function overNats({ port: serverPort }: NatsServer): WiredBus {
  return { serverPort, planFor: (port) => ({ kind: 'nats', servers: [`nats://127.0.0.1:${port}`] }) };
}
