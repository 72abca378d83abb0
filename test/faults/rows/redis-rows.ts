import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../servers/redis-server.ts';
import { type FaultRow, type Outcome, outcomeOf, unless } from '../fault-row.ts';
import { now } from '../node-plan.ts';
import { endure, type Ordeal } from '../ordeal.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { embedded, redisTier, type StartedFleet, startFleet } from './topologies.ts';

/** What a run of three nodes over a Redis, or over a proxy before it, needs to be told. */
type RedisOrdeal = (server: RedisServer, started: StartedFleet) => Omit<Ordeal, 'tier'>;

/** Faults of the shared tier, with Redis as it. */
export const redisRows: readonly FaultRow[] = [
  {
    row: 1,
    fault: 'L2 down at start',
    injection: 'three nodes start while Redis is not there; it comes 2.5 s later',
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      await server.kill();
      const began = now();
      await startFleet(held, embedded);
      const usualMs = now() - began;
      const beganWithout = now();
      const { fleet, tier } = await startFleet(held, redisTier({ url: server.url }));
      const startMs = now() - beganWithout;
      const result = await endure(fleet, { tier, calmMs: 0, inject: () => {}, heal: () => server.restart() });
      const ready = `ready ${Math.round(startMs)} ms after their start, ${Math.round(usualMs)} ms without Redis`;
      const { violations, ...outcome } = outcomeOf(result, ready);
      return { ...outcome, violations: [...violations, ...unless(startMs < usualMs + 2_000, 6, ready)] };
    },
  },
  row(2, 'L2 killed under load', 'SIGKILL of Redis; it starts again, empty, 2.5 s later', (server) => ({
    inject: () => server.kill(),
    heal: () => server.restart(),
  })),
  row(3, 'L2 hung', 'SIGSTOP of Redis, SIGCONT 2.5 s later', (server) => ({
    inject: () => server.stop(),
    heal: () => server.cont(),
  })),
  proxied(4, 'L2 slow, with jitter', 'a proxy adds 5 to 15 ms each way', (proxy) => ({
    inject: () => proxy.latency(5, 10),
    heal: () => proxy.heal(),
  })),
  proxied(4, 'L2 slower than its deadline', 'a proxy adds 60 to 90 ms each way', (proxy) => ({
    inject: () => proxy.latency(60, 30),
    heal: () => proxy.heal(),
  })),
  proxied(4, 'L2 on a slow line', 'a proxy lets 20 kB a second through on each connection', (proxy) => ({
    inject: () => proxy.throttle(20_000),
    heal: () => proxy.heal(),
  })),
  proxied(5, 'L2 half-open', 'a proxy keeps connections and forwards nothing', (proxy) => ({
    inject: () => proxy.blackHole(),
    heal: () => proxy.heal(),
  })),
  proxied(5, 'L2 hears and does not answer', 'a proxy forwards nothing that comes from Redis', (proxy) => ({
    inject: () => proxy.cut('down'),
    heal: () => proxy.heal(),
  })),
  proxied(
    6,
    'connection resets, a storm of them',
    'a proxy resets every connection each 100 ms',
    (proxy) => {
      let isOver = false;
      let storm: Promise<void> | undefined;
      return {
        inject: () => {
          storm = (async () => {
            for (; !isOver; await sleep(100)) proxy.reset();
          })();
        },
        heal: async () => {
          isOver = true;
          await storm;
        },
      };
    },
    (proxy, outcome) => {
      const { accepted } = proxy;
      const herd = unless(accepted < 300, 12, `${accepted} connections were opened`);
      return { ...outcome, happened: `${outcome.happened}; ${accepted} connections in all`, violations: [...outcome.violations, ...herd] };
    },
  ),
  proxied(6, 'connections refused', 'a proxy resets every connection and takes no new ones', (proxy) => ({
    inject: () => proxy.refuse(),
    heal: () => proxy.heal(),
  })),
  row(8, 'L2 flushed', 'FLUSHALL under load', (server) => ({ inject: () => server.flushAll(), faultMs: 1_000 })),
  row(9, 'L2 full', 'maxmemory 1mb with noeviction: writes fail (OOM), reads and deletions do not', (server) => ({
    inject: () => server.cli('CONFIG', 'SET', 'maxmemory', '1mb'),
    heal: () => server.cli('CONFIG', 'SET', 'maxmemory', '0'),
  })),
  row(10, 'L2 without its replicas', 'min-replicas-to-write 1 (NOREPLICAS)', (server) => ({
    inject: () => server.cli('CONFIG', 'SET', 'min-replicas-to-write', '1'),
    heal: () => server.cli('CONFIG', 'SET', 'min-replicas-to-write', '0'),
  })),
  row(10, 'L2 read-only', 'REPLICAOF a master that is not there (READONLY)', (server) => ({
    inject: () => server.cli('REPLICAOF', '127.0.0.1', '1'),
    heal: () => server.cli('REPLICAOF', 'NO', 'ONE'),
  })),
  row(
    20,
    'corrupt and foreign bytes in L2',
    'a second client overwrites bytes in the middle of entries, and whole entries by garbage',
    (server) => {
      let isOver = false;
      let work: Promise<void> | undefined;
      return {
        inject: () => {
          work = (async () => {
            for (; !isOver; await sleep(20)) await server.cli('EVAL', SPOIL, '0', String(Math.floor(Math.random() * 1e6)));
          })();
        },
        heal: async () => {
          isOver = true;
          await work;
          // What was spoiled and never read again would be found as spoiled, later, by anybody.
          await server.flushAll();
        },
      };
    },
  ),
  proxied(20, 'bits flipped on the way', 'a proxy flips one bit in 20 000 bytes, each way', (proxy) => ({
    inject: () => proxy.corrupt(1 / 20_000),
    heal: async () => {
      await proxy.heal();
      proxy.reset();
    },
  })),
];

/** Spoils one entry of Redis: some bytes of it, or all. */
const SPOIL = `
math.randomseed(tonumber(ARGV[1]))
local key = redis.call('RANDOMKEY')
if not key then return end
local kind = redis.call('TYPE', key).ok
if kind == 'string' then
  local length = redis.call('STRLEN', key)
  if math.random() < 0.3 then redis.call('SET', key, 'garbage', 'KEEPTTL')
  else redis.call('SETRANGE', key, math.random(0, length - 1), string.char(math.random(0, 255))) end
elseif kind == 'hash' then
  local fields = redis.call('HKEYS', key)
  redis.call('HSET', key, fields[math.random(#fields)], 'garbage')
end`;

function row(number: number, fault: string, injection: string, ordealOf: RedisOrdeal): FaultRow {
  return {
    row: number,
    fault,
    injection,
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const started = await startFleet(held, redisTier({ url: server.url }));
      const result = await endure(started.fleet, { tier: started.tier, ...ordealOf(server, started) });
      return outcomeOf(result, await refusals(started));
    },
  };
}

function proxied(
  number: number,
  fault: string,
  injection: string,
  ordealOf: (proxy: TcpProxy) => Omit<Ordeal, 'tier'>,
  judge: (proxy: TcpProxy, outcome: Outcome) => Outcome = (_, outcome) => outcome,
): FaultRow {
  return {
    row: number,
    fault,
    injection,
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const proxy = held.use(await TcpProxy.open({ targetPort: server.port }));
      const started = await startFleet(held, redisTier({ url: `redis://127.0.0.1:${proxy.port}` }));
      const result = await endure(started.fleet, { tier: { kind: 'redis', url: server.url }, ...ordealOf(proxy) });
      return judge(proxy, outcomeOf(result, await refusals(started)));
    },
  };
}

/** How many bytes were refused, if any were. */
async function refusals({ fleet }: StartedFleet): Promise<string> {
  const states = [...(await fleet.states()).values()];
  const refused = states.reduce((sum, state) => sum + state.refused, 0);
  return refused > 0 ? `${refused} entries refused as damaged` : '';
}
