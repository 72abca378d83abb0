import { type NatsBus, nats } from '../../../src/bus/nats/nats-bus.ts';
import type { NatsOptions, NatsWarning } from '../../../src/bus/nats/nats-options.ts';
import { NatsServer, type NatsServerOptions } from '../../servers/nats-server.ts';
import { connected, lent, type Peer as PeerOf, peerOf } from '../peer.ts';

/** A bus over NATS, and what it told. */
export type Peer = PeerOf<NatsBus, NatsWarning>;

/** A server that goes with the test. */
export function serverFor(options?: NatsServerOptions): Promise<NatsServer> {
  return lent(NatsServer.start(options));
}

/** A bus that has begun to connect, and is closed with the test. */
export function listening(options: NatsOptions): Peer {
  return peerOf((onWarning) => nats({ onWarning, ...options }));
}

/** A bus that is connected, and is closed with the test. */
export function joined(options: NatsOptions): Promise<Peer> {
  return connected(listening(options));
}
