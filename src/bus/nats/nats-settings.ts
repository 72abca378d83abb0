import type { ConnectionOptions } from '@nats-io/transport-node';
import { toBytes } from '../../entry/size.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import { toMs } from '../../time/duration.ts';
import { assertCredentials, authenticatorOf, type Credentials, tlsOf } from './credentials.ts';
import type { NatsOptions, NatsStream } from './nats-options.ts';
import { parseServers } from './servers.ts';

/** The options of a bus over NATS, resolved. */
export interface NatsSettings {
  readonly subjects: Subjects;
  readonly streamName: string;
  readonly jetstream: 'auto' | 'off' | 'required';
  readonly stream: StreamSettings;
  readonly deadlineMs: number;
  /** How to connect; reads the files that credentials and certificates are in. @throws Error when one cannot be read. */
  connection(): ConnectionOptions;
}

/** Where messages and beats are published. Keys never stand in a subject: dots and stars have a meaning there. */
export interface Subjects {
  readonly news: string;
  readonly beat: string;
}

/** What a stream is to be like; -1 is no limit. */
export interface StreamSettings {
  readonly maxAgeMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly replicas: number;
  readonly storage: 'file' | 'memory';
}

/** A token of a subject, and part of a stream's name. */
const CHANNEL = /^[A-Za-z0-9_-]{1,64}$/;

/** For one address: to open the socket, for TLS, and to be taken. */
const CONNECT_TIMEOUT_MS = 2_000;

/** A server that answers no ping for two of these, and the next one falling due, is given up: after 6 s. */
const PING_EVERY_MS = 2_000;

/** No server takes a stream that is kept shorter. */
const SHORTEST_AGE_MS = 100;

const NAMES: Readonly<Record<keyof NatsOptions, true>> = {
  servers: true,
  channel: true,
  user: true,
  password: true,
  token: true,
  nkey: true,
  creds: true,
  tls: true,
  jetstream: true,
  stream: true,
  deadline: true,
  onWarning: true,
  clock: true,
  random: true,
};

/** @throws ConfigError when an option cannot be used. */
export function settingsOf(options: NatsOptions): NatsSettings {
  assertNames(options, NAMES, 'nats');
  const channel = options.channel ?? 'tiercel';
  if (!CHANNEL.test(channel)) throw new ConfigError(`\`channel\` is ${JSON.stringify(channel)}; give 1 to 64 of A-Z a-z 0-9 _ -`);
  const jetstream = options.jetstream ?? 'auto';
  if (!['auto', 'off', 'required'].includes(jetstream)) throw new ConfigError("`jetstream` is one of 'auto', 'off', 'required'");
  const { servers, isTls, ...inAddress } = parseServers(options.servers ?? 'nats://127.0.0.1:4222');
  const credentials = hasCredentials(options) ? options : inAddress;
  assertCredentials(credentials);
  const tls = options.tls ?? (isTls ? {} : undefined);
  if (tls !== undefined) {
    assertNames(tls, { ca: true, cert: true, key: true }, 'tls');
    assertNamed(servers);
  }
  return Object.freeze({
    subjects: { news: `tiercel.${channel}.news`, beat: `tiercel.${channel}.beat` },
    streamName: `TIERCEL_${channel}`,
    jetstream,
    stream: streamSettings(options.stream ?? {}),
    deadlineMs: toMs(options.deadline ?? '250ms', 'deadline'),
    connection: () => {
      const authenticator = authenticatorOf(credentials);
      return {
        servers: [...servers],
        name: `tiercel ${channel}`,
        // Each connection lives once: the client's own reconnecting keeps what was published meanwhile, and sends it late.
        reconnect: false,
        timeout: CONNECT_TIMEOUT_MS,
        pingInterval: PING_EVERY_MS,
        maxPingOut: 2,
        noAsyncTraces: true,
        ...(authenticator && { authenticator }),
        ...(tls && { tls: tlsOf(tls) }),
      };
    },
  });
}

/** Of a server known by its number alone, the client checks whether it is "localhost". */
function assertNamed(servers: readonly string[]): void {
  const number = servers.find((server) => /^([\d.]+|\[.*\]):\d+$/.test(server));
  if (number !== undefined) throw new ConfigError(`\`servers\` has ${number}; over TLS, give the name that stands in its certificate`);
}

function hasCredentials({ user, password, token, nkey, creds }: Credentials): boolean {
  return [user, password, token, nkey, creds].some((secret) => secret !== undefined);
}

function streamSettings(options: NatsStream): StreamSettings {
  assertNames(options, { maxAge: true, maxMessages: true, maxBytes: true, replicas: true, storage: true }, 'stream');
  const maxAgeMs = toMs(options.maxAge ?? '1h', 'stream.maxAge');
  if (!(maxAgeMs >= SHORTEST_AGE_MS && Number.isFinite(maxAgeMs))) {
    throw new ConfigError(
      `\`stream.maxAge\` is ${maxAgeMs} ms; give ${SHORTEST_AGE_MS} ms or more, no shorter than the longest life of an entry`,
    );
  }
  const storage = options.storage ?? 'file';
  if (storage !== 'file' && storage !== 'memory') throw new ConfigError("`stream.storage` is one of 'file', 'memory'");
  return {
    maxAgeMs: Math.ceil(maxAgeMs),
    maxMessages: options.maxMessages === undefined ? -1 : count(options.maxMessages, 'stream.maxMessages', Number.MAX_SAFE_INTEGER),
    maxBytes: options.maxBytes === undefined ? -1 : toBytes(options.maxBytes, 'stream.maxBytes'),
    replicas: count(options.replicas ?? 1, 'stream.replicas', 5),
    storage,
  };
}

function count(value: number, name: string, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new ConfigError(`\`${name}\` is ${String(value)}; give a whole number from 1${most < 10 ? ` to ${most}` : ' up'}`);
}
