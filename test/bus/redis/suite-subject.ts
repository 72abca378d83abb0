import { randomUUID } from 'node:crypto';
import { type RedisBus, redisBus } from '../../../src/bus/redis/redis-bus.ts';
import type { RedisOptions } from '../../../src/redis/redis-options.ts';
import type { BusSubject, OutageControl } from '../../../src/testing/bus-subject.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';

/** A server that can be told a command as redis-cli is. */
interface Told {
  cli(...args: string[]): Promise<string>;
}

/**
 * A channel of its own, for the suite.
 *
 * @param server any that knows where the channel's keys are.
 */
export function subjectOn(server: Told, options: RedisOptions, outage: OutageControl): BusSubject {
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
        await server.cli('-c', 'DEL', news);
        await waitUntil(() => buses.every((bus, at) => bus.stats.logsLost > (before[at] ?? 0) && bus.stats.isConnected), 10_000);
      },
      overrun: async () => {
        await server.cli('-c', 'XTRIM', news, 'MAXLEN', '0');
      },
    },
    outage,
    close: async () => {
      await server.cli('-c', 'DEL', news);
    },
  };
}
