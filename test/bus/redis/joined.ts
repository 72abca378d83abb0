import { type RedisBus, redisBus } from '../../../src/bus/redis/redis-bus.ts';
import type { RedisBusOptions, RedisBusWarning } from '../../../src/bus/redis/redis-bus-options.ts';
import { RedisServer, type RedisServerOptions } from '../../servers/redis-server.ts';
import { connected, type Later, lent, type Peer as PeerOf, peerOf } from '../peer.ts';

/** The keys of the channel that is there by default. */
export const NEWS = 'tiercel:~bus:{tiercel}:news';
export const BEATS = 'tiercel:~bus:{tiercel}:beats';

/** A bus over Redis, and what it told. */
export type Peer = PeerOf<RedisBus, RedisBusWarning>;

/** A server that goes with the test. */
export function serverFor(options?: RedisServerOptions, later?: Later): Promise<RedisServer> {
  return lent(RedisServer.start(options), later);
}

/** A bus that has begun to connect, and is closed with the test. */
export function listening(options: RedisBusOptions, later?: Later): Peer {
  return peerOf((onWarning) => redisBus({ onWarning, ...options }), later);
}

/** A bus that is connected, and is closed with the test. */
export function joined(options: RedisBusOptions, later?: Later): Promise<Peer> {
  return connected(listening(options, later));
}
