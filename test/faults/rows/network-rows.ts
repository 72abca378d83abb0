import { NatsServer } from '../../servers/nats-server.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { type FaultRow, outcomeOf } from '../fault-row.ts';
import { NetworkNamespace, type PacketFault } from '../network-namespace.ts';
import { endure } from '../ordeal.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { startFleet } from './topologies.ts';

/** Faults of the network itself, made by the kernel: one node lives in a network namespace of its own. */
export const networkRows: readonly FaultRow[] = [
  networkRow(7, 'packet loss', 'lose a fifth', "nft drops a fifth of one node's packets, each way", false),
  networkRow(5, 'network black hole', 'drop all', 'nft drops every packet to one node: tier and bus fall silent at once', true),
  networkRow(6, 'network resets', 'reset all', 'nft answers every packet to one node with a reset: tier and bus break at once', true),
];

function networkRow(row: number, fault: string, befalls: PacketFault, injection: string, isCutOff: boolean): FaultRow {
  return {
    row,
    fault,
    injection,
    needs: ['root', 'nft', 'redis-server', 'nats-server'],
    run: async (held) => {
      const redis = held.use(await RedisServer.start());
      const nats = held.use(await NatsServer.start());
      const namespace = held.use(NetworkNamespace.create());
      const host = namespace.hostAddress;
      // Only the way into the namespace: the servers listen on the loopback.
      const toRedis = held.use(await TcpProxy.open({ targetPort: redis.port, host }));
      const toNats = held.use(await TcpProxy.open({ targetPort: nats.port, host }));
      const started = await startFleet(
        held,
        (_, node) =>
          node === 'c'
            ? {
                tier: { kind: 'redis', url: `redis://${host}:${toRedis.port}` },
                bus: { kind: 'nats', servers: [`nats://${host}:${toNats.port}`] },
              }
            : { tier: { kind: 'redis', url: redis.url }, bus: { kind: 'nats', servers: [nats.url] } },
        {},
        (node) => (node === 'c' ? { launcher: namespace.launcher } : {}),
      );
      const result = await endure(started.fleet, {
        tier: started.tier,
        faultMs: 6_000,
        afterMs: 2_000,
        ...(isCutOff ? { cutOff: ['c'] } : { blind: ['c'] }),
        inject: () => namespace.befall(befalls),
        heal: () => namespace.heal(),
      });
      return outcomeOf(result);
    },
  };
}
