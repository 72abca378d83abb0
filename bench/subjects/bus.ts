import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbBus } from '../../src/doors/lmdb.ts';
import { nats } from '../../src/doors/nats.ts';
import { redisBus } from '../../src/doors/redis.ts';
import { type Bus, BusHub, inProcessBus } from '../../src/index.ts';
import { NatsServer } from '../../test/servers/nats-server.ts';
import { RedisServer } from '../../test/servers/redis-server.ts';

/** A channel with nobody else on it, and what carries it; `undefined` where that is not installed. */
export type OpenChannel = () => Promise<Channel | undefined>;

interface Channel {
  /** The bus of one more process. */
  connect(): Bus;
  close(): Promise<void>;
}

/** No publish fails for being one of many: what is measured is how long it takes. */
const deadline = '5s';

/** Within the process. */
export async function hub(): Promise<Channel> {
  const shared = new BusHub();
  return { connect: () => inProcessBus({ hub: shared }), close: async () => {} };
}

/** A log on the disk of the host. */
export async function file(): Promise<Channel> {
  const path = await mkdtemp(join(tmpdir(), 'tiercel-bench-'));
  return { connect: () => lmdbBus({ path, deadline }), close: () => rm(path, { recursive: true }) };
}

/** Streams of a Redis on this machine. */
export async function streams(): Promise<Channel | undefined> {
  const server = await RedisServer.start().catch(() => undefined);
  if (!server) return undefined;
  return { connect: () => redisBus({ url: server.url, deadline }), close: () => server[Symbol.asyncDispose]() };
}

/** A NATS server on this machine, with JetStream for a log or without. */
export function subjects(jetstream: boolean): OpenChannel {
  return async () => {
    const server = await NatsServer.start({ jetstream }).catch(() => undefined);
    if (!server) return undefined;
    const options = { servers: server.url, jetstream: jetstream ? 'required' : 'off', deadline } as const;
    return { connect: () => nats(options), close: () => server[Symbol.asyncDispose]() };
  };
}
