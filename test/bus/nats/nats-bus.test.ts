import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { nats } from '../../../src/bus/nats/nats-bus.ts';
import type { BusSubject } from '../../../src/testing/bus-subject.ts';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { NatsServer } from '../../servers/nats-server.ts';
import { streamsOf } from './streams.ts';

describe.each([
  ['with JetStream', true],
  ['without JetStream', false],
])('nats, %s', (_, jetstream) => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await NatsServer.start({ jetstream });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function subject(): BusSubject {
    const channel = randomUUID();
    const stream = `TIERCEL_${channel}`;
    return {
      connect: () => nats({ servers: server.url, channel, onWarning: () => {} }),
      until: waitUntil,
      log: jetstream
        ? {
            isKept: true,
            recreate: () =>
              streamsOf(server, async (streams) => {
                const { config } = await streams.info(stream);
                await streams.delete(stream);
                await streams.add(config);
              }),
            overrun: () => streamsOf(server, async (streams) => void (await streams.purge(stream))),
          }
        : { isKept: false },
      outage: { canHappen: true, begin: () => server.kill(), end: () => server.restart() },
      close: async () => {
        if (jetstream) await streamsOf(server, async (streams) => void (await streams.delete(stream).catch(() => {})));
      },
    };
  }

  describeBus('nats', subject, { describe, test });
});
