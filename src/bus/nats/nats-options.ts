import type { Size } from '../../entry/size.ts';
import type { Clock } from '../../time/clock.ts';
import type { Duration } from '../../time/duration.ts';

/** Where the NATS servers are, who we are to them, and what they keep. */
export interface NatsOptions {
  /**
   * One address, or those of a cluster: `nats://host:4222`, or `tls://host:4222`
   * where nothing but TLS will do. Any one that answers is taken. An address may
   * hold a user and a password, or a token; it is shown without them.
   *
   * @default 'nats://127.0.0.1:4222'
   */
  readonly servers?: string | readonly string[];
  /** Processes hear each other when they name the same channel: 1 to 64 of `A-Z a-z 0-9 _ -`. @default 'tiercel' */
  readonly channel?: string;
  /** A user's name, with `password`. */
  readonly user?: string;
  readonly password?: string;
  /** A token, where the server asks for one. */
  readonly token?: string;
  /** The seed of an nkey: `SU…`. */
  readonly nkey?: string;
  /** A credentials file of JWT and seed: its path, read at each connecting, or its content. */
  readonly creds?: string;
  readonly tls?: NatsTls;
  /**
   * Whether a JetStream stream keeps the messages for a while, so that a process
   * can be told what it missed. `auto`: where the server has JetStream and lets
   * us. `required`: not without. @default 'auto'
   */
  readonly jetstream?: 'auto' | 'off' | 'required';
  readonly stream?: NatsStream;
  /** How long the server may take to confirm a message. @default '250ms' */
  readonly deadline?: Duration;
  /** Is told what an operator should know. @default a warning of the process */
  readonly onWarning?: (warning: NatsWarning) => void;
  /** @default systemClock */
  readonly clock?: Clock;
  /** From 0 up to 1. @default chance */
  readonly random?: () => number;
}

/** Certificates, each as PEM text or as the path of such a file, which is read at each connecting. */
export interface NatsTls {
  /** Whom to believe, instead of the authorities that Node.js brings. */
  readonly ca?: string;
  /** Who we are, where the server asks for it; with `key`. */
  readonly cert?: string;
  readonly key?: string;
}

/** The stream that is made when there is none; one that is there already is taken as it is. */
export interface NatsStream {
  /**
   * How long a message is kept. No entry may stay in memory longer than that, for
   * whoever was away longer has to drop what it has. @default '1h'
   */
  readonly maxAge?: Duration;
  /** @default no limit but that of the server */
  readonly maxMessages?: number;
  /** @default no limit but that of the server */
  readonly maxBytes?: Size;
  /** On how many servers of a cluster, from 1 to 5. @default 1 */
  readonly replicas?: number;
  /** A stream on disk outlives a restart of its server. @default 'file' */
  readonly storage?: 'file' | 'memory';
}

/** Something an operator should know of a bus over NATS. */
export interface NatsWarning {
  /**
   * `refused`: no server takes us as we come. `denied`: the user lacks a permission.
   * `no-log`: JetStream keeps no messages, so a gap cannot be repaired, only flushed.
   * `stream-differs`: the stream is not as the options have it, and is used as it is.
   */
  readonly kind: 'refused' | 'denied' | 'no-log' | 'stream-differs';
  readonly message: string;
}
