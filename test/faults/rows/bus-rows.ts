import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { NatsServer } from '../../servers/nats-server.ts';
import { type FaultRow, outcomeOf } from '../fault-row.ts';
import { type BusFault, now } from '../node-plan.ts';
import { endure } from '../ordeal.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { embedded, embeddedTier, type StartedFleet, startFleet, type Topology } from './topologies.ts';

/** Faults of the bus: NATS, and the embedded one. */
export const busRows: readonly FaultRow[] = [
  {
    row: 13,
    fault: 'bus down at start',
    injection: 'three nodes start while NATS is not there; it comes 3 s later',
    needs: ['nats-server'],
    run: async (held) => {
      const server = held.use(await NatsServer.start());
      await server.kill();
      const { fleet, tier } = await startFleet(held, overNats([server.url]), { waitsForBus: false });
      const result = await endure(fleet, { tier, calmMs: 0, faultMs: 3_000, blind: 'all', inject: () => {}, heal: () => server.restart() });
      return outcomeOf(result);
    },
  },
  natsRow(13, 'bus killed under load', 'SIGKILL of NATS; it starts again 4 s later', 'all', (server) => ({
    inject: () => server.kill(),
    heal: () => server.restart(),
  })),
  {
    row: 14,
    fault: 'bus partitioned for one node, healed',
    injection: 'a proxy between one node and NATS keeps its connection and forwards nothing, for 6 s',
    needs: ['nats-server'],
    run: (held) => partitioned(held, (proxy) => proxy.blackHole()),
  },
  {
    row: 14,
    fault: 'a node hears nothing of the bus and is heard',
    injection: 'a proxy forwards nothing from NATS to one node, for 6 s',
    needs: ['nats-server'],
    run: (held) => partitioned(held, (proxy) => proxy.cut('down')),
  },
  {
    row: 14,
    fault: 'a node is cut from the bus and told so',
    injection: "a proxy resets one node's connection and refuses new ones, for 6 s",
    needs: ['nats-server'],
    run: (held) => partitioned(held, (proxy) => proxy.refuse()),
  },
  ...(['cut', 'silent cut'] as const).map((fault) =>
    chaosRow(14, `embedded bus ${fault === 'cut' ? 'fails' : 'falls silent'} for one node`, fault),
  ),
  natsRow(15, 'bus hung', 'SIGSTOP of NATS, SIGCONT 5 s later', 'all', (server) => ({
    inject: () => server.stop(),
    heal: () => server.cont(),
  })),
  natsRow(16, 'stream deleted', 'the stream of the bus is deleted under load, twice', 'all', (server) => ({
    inject: () => withStreams(server, async (manager, name) => manager.streams.delete(name)),
    heal: () => withStreams(server, async (manager, name) => manager.streams.delete(name)),
  })),
  natsRow(16, 'stream overrun', 'the stream is cut to its last 3 messages while one node is stopped', ['c'], (server, { fleet, c }) => {
    let stoppedAt = 0;
    return {
      inject: async () => {
        await withStreams(server, async (manager, name) => manager.streams.update(name, { max_msgs: 3 }));
        stoppedAt = now();
        c.stop();
      },
      heal: () => {
        c.continue();
        fleet.history.stopped.push({ node: 'c', from: stoppedAt, to: now() + 50 });
      },
    };
  }),
  {
    row: 17,
    fault: 'messages lost, doubled, late, out of order',
    injection: 'each node drops 10 %, doubles 20 %, reorders 20 % and delays 20 % of messages and beats',
    run: async (held) => {
      const { fleet, a, b, c, tier } = await startFleet(held, embedded);
      const befall = (fault: BusFault): Promise<unknown> => Promise.all([a, b, c].map((node) => node.ask({ call: 'bus', fault })));
      const result = await endure(fleet, { tier, faultMs: 5_000, blind: 'all', inject: () => befall('rough'), heal: () => befall('heal') });
      return outcomeOf(result);
    },
  },
];

function overNats(servers: readonly string[]): Topology {
  return (fleet) => ({ tier: embeddedTier(fleet), bus: { kind: 'nats', servers } });
}

function natsRow(
  row: number,
  fault: string,
  injection: string,
  blind: readonly string[] | 'all',
  ordealOf: (server: NatsServer, started: StartedFleet) => { inject(): unknown; heal(): unknown },
): FaultRow {
  return {
    row,
    fault,
    injection,
    needs: ['nats-server'],
    run: async (held) => {
      const server = held.use(await NatsServer.start());
      const started = await startFleet(held, overNats([server.url]));
      return outcomeOf(await endure(started.fleet, { tier: started.tier, faultMs: 5_000, blind, ...ordealOf(server, started) }));
    },
  };
}

/** One node's way to NATS is through a proxy. */
async function partitioned(held: AsyncDisposableStack, inject: (proxy: TcpProxy) => unknown): ReturnType<FaultRow['run']> {
  const server = held.use(await NatsServer.start());
  const proxy = held.use(await TcpProxy.open({ targetPort: server.port }));
  const { fleet, tier } = await startFleet(held, (own, node) => ({
    tier: embeddedTier(own),
    bus: { kind: 'nats', servers: [node === 'c' ? `nats://127.0.0.1:${proxy.port}` : server.url] },
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
}

function chaosRow(row: number, fault: string, befalls: BusFault): FaultRow {
  return {
    row,
    fault,
    injection: `within one node nothing comes from the bus and nothing goes, ${befalls === 'cut' ? 'and it is told' : 'and nobody says so'}, for 6 s`,
    run: async (held) => {
      const { fleet, c, tier } = await startFleet(held, embedded);
      const result = await endure(fleet, {
        tier,
        faultMs: 6_000,
        afterMs: 3_000,
        blind: ['c'],
        inject: () => c.ask({ call: 'bus', fault: befalls }),
        heal: () => c.ask({ call: 'bus', fault: 'heal' }),
      });
      return outcomeOf(result);
    },
  };
}

/** Does something to the stream of the bus, as an operator would. */
async function withStreams(
  server: NatsServer,
  action: (manager: Awaited<ReturnType<typeof jetstreamManager>>, name: string) => Promise<unknown>,
): Promise<void> {
  const connection = await connect({ servers: server.url });
  try {
    const manager = await jetstreamManager(connection);
    for await (const name of manager.streams.names()) await action(manager, name);
  } finally {
    await connection.close();
  }
}
