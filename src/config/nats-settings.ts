import type { NatsOptions, NatsStream } from '../bus/nats/nats-options.ts';
import { settingsOf } from '../bus/nats/nats-settings.ts';
import type { Size } from '../entry/size.ts';
import { ConfigError } from '../errors.ts';
import type { Duration } from '../time/duration.ts';
import { type CertificateFiles, present } from './redis-settings.ts';
import { textIn } from './text-in.ts';

/** Which NATS, and how to enter it. */
export interface NatsSettings {
  /** One address or several: `nats://host:4222`; `tls://` insists on TLS. */
  readonly servers?: string | readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** The path of a file with the seed of an nkey. */
  readonly nkeyFile?: string | undefined;
  /** The path of a credentials file, read at each connecting. */
  readonly credsFile?: string | undefined;
  readonly tls?: CertificateFiles | undefined;
  /** Services of one channel hear each other. @default 'tiercel' */
  readonly channel?: string | undefined;
  /** Whether a stream keeps messages for those who missed some. @default 'auto' */
  readonly jetstream?: 'auto' | 'off' | 'required' | undefined;
  /** The stream that is made when there is none. */
  readonly stream?: StreamSettings | undefined;
}

/** What a stream of JetStream is like. */
export interface StreamSettings {
  /** @default '1h' */
  readonly maxAge?: Duration | undefined;
  readonly maxMessages?: number | undefined;
  readonly maxBytes?: Size | undefined;
  /** @default 1 */
  readonly replicas?: number | undefined;
  /** @default 'file' */
  readonly storage?: 'file' | 'memory' | undefined;
}

/**
 * The options of a bus over NATS.
 *
 * @throws ConfigError when a file cannot be read.
 */
export function natsOptionsOf(settings: NatsSettings): NatsOptions {
  const { nkeyFile, credsFile, tls, stream, ...rest } = settings;
  // The files are read again at each connecting; that they can be is looked at now.
  for (const name of ['ca', 'cert', 'key'] as const) {
    const file = tls?.[name];
    if (file !== undefined) textIn(file, `nats.tls.${name}`);
  }
  if (credsFile !== undefined) textIn(credsFile, 'nats.credsFile');
  return {
    ...present(rest),
    ...(nkeyFile === undefined ? {} : { nkey: textIn(nkeyFile, 'nats.nkeyFile').trim() }),
    ...(credsFile === undefined ? {} : { creds: credsFile }),
    ...(tls === undefined ? {} : { tls: present(tls) }),
    ...(stream === undefined ? {} : { stream: present(stream) as NatsStream }),
  };
}

/** @throws ConfigError, in the words of the options, when no NATS is named or the settings contradict each other. */
export function assertNats(settings: NatsSettings): void {
  const { nkeyFile, credsFile, tls, ...rest } = settings;
  if (rest.servers === undefined) throw new ConfigError('No NATS is named; set `servers`');
  const ways = Object.entries({ user: rest.user, token: rest.token, nkeyFile, credsFile }).filter(([, value]) => value !== undefined);
  if (ways.length > 1) throw new ConfigError(`${ways.map(([name]) => `\`${name}\``).join(' and ')} are set; leave one to prove who we are`);
  settingsOf({ ...natsOptionsOf(rest), ...(tls === undefined ? {} : { tls: present(tls) }) });
}
