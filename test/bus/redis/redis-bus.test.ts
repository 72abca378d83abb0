import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type RedisBus, redisBus } from '../../../src/bus/redis/redis-bus.ts';
import type { RedisOptions } from '../../../src/redis/redis-options.ts';
import type { BusSubject, OutageControl } from '../../../src/testing/bus-subject.ts';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { RedisCluster } from '../../servers/redis-cluster.ts';
import { RedisServer } from '../../servers/redis-server.ts';

/** A channel of its own; `cli` is that of the server that has its keys. */
function subject(options: RedisOptions, cli: (key: string, ...args: string[]) => Promise<unknown>, outage: OutageControl): BusSubject {
  const channel = randomUUID();
  const news = `tiercel:~bus:{${channel}}:news`;
  const buses: RedisBus[] = [];
  return {
    connect: () => {
      const bus = redisBus({ ...options, channel, onWarning: () => {} });
      buses.push(bus);
      return bus;
    },
    until: waitUntil,
    log: {
      isKept: true,
      recreate: async () => {
        const before = buses.map((bus) => bus.stats.logsLost);
        await cli(news, 'DEL', news);
        await waitUntil(() => buses.every((bus, at) => bus.stats.logsLost > (before[at] ?? 0) && bus.stats.isConnected), 10_000);
      },
      overrun: async () => {
        await cli(news, 'XTRIM', news, 'MAXLEN', '0');
      },
    },
    outage,
    close: async () => {
      await cli(news, 'DEL', news).catch(() => {});
    },
  };
}

describe('of one server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  describeBus(
    'redisBus',
    () =>
      subject({ url: server.url }, (_, ...args) => server.cli(...args), {
        canHappen: true,
        begin: () => server.kill(),
        end: () => server.restart(),
      }),
    { describe, test },
  );
});

describe('of a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  }, 60_000);
  afterAll(() => cluster[Symbol.asyncDispose]());

  describeBus(
    'redisBus',
    () =>
      subject(
        { cluster: { nodes: cluster.nodes.slice(0, 2) } },
        (_, ...args) => cluster.servers[0]?.cli('-c', ...args) ?? Promise.resolve(),
        {
          canHappen: false,
        },
      ),
    { describe, test },
  );
});
