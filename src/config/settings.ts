import type { CompressionName } from '../cache/kind/kind.ts';
import type { PolicyName } from '../policy/eviction-policy.ts';
import type { Duration } from '../time/duration.ts';
import type { NatsSettings } from './nats-settings.ts';
import type { RedisSettings } from './redis-settings.ts';

/** How long the values of one kind live, and how they are kept. */
export interface KindSettings {
  readonly ttl?: Duration | undefined;
  readonly grace?: Duration | undefined;
  /** Whether tiers beyond memory have them encrypted; needs keys. @default false */
  readonly sensitive?: boolean | undefined;
  /** How values are made shorter in tiers beyond memory. @default 'auto' */
  readonly compression?: CompressionName | undefined;
  /** Whether one process alone loads a key, while the others wait for what it brings. @default false */
  readonly lease?: boolean | undefined;
  /** Whether a small value is sent along with the news that it was written. @default false */
  readonly push?: boolean | undefined;
  /** Whether other processes are told of writes. @default true */
  readonly bus?: boolean | undefined;
  /** How much of memory it may take: it is not asked to give below `min` (0), and takes no more than `max` (1). @default it shares with all that say nothing */
  readonly share?: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
}

/** What keeps the memories of several services in step: `auto` is the first of NATS, Redis and the store that there is. */
export type BusSetting = 'auto' | 'lmdb' | 'redis' | 'nats' | 'none';

/** All that can be set of the service, with every default filled in. */
export interface Settings {
  readonly server: {
    /** @default '127.0.0.1' */
    readonly host: string;
    /** 0 takes a free one. @default 8083 */
    readonly port: number;
    /** What every request must bear; needed to listen anywhere but on this machine. */
    readonly token?: string | undefined;
    /** Names under which the service may be asked for, beside this machine's own. @default [] */
    readonly allowedHosts: readonly string[];
    /** How long requests under way may take to end when the service stops. @default '10s' */
    readonly drainTimeout: Duration;
    /** How many live streams may be open at once. @default 32 */
    readonly maxLiveClients: number;
  };
  readonly cache: {
    /** Without it every read goes to the provider. @default true */
    readonly enabled: boolean;
    /** Keeps the keys of several services in one store apart. @default 'main' */
    readonly namespace: string;
    /** Of the kinds that set none. @default '1h' */
    readonly ttl: Duration;
    readonly memory: {
      /** @default 100_000 */
      readonly maxEntries: number;
      /** @default 256 */
      readonly maxMegabytes: number;
      /** Who leaves when memory is full. @default 'hybrid' */
      readonly policy: PolicyName;
      /** Keys and patterns of keys that stay in memory for as long as their entries live. @default [] */
      readonly protect: readonly string[];
      /** Whether entries leave while the process has little memory left: above `from` of what it may use, until `until`. @default true */
      readonly pressure: boolean | { readonly from: number; readonly until: number };
      /** Protected entries may take this share of the entries and of the bytes. @default 0.5 */
      readonly maxProtectedShare: number;
      /** With `auto` every kind has a part of its own, and shares move to where all of them together hit most. @default only kinds with a `share` have parts */
      readonly shares?: 'auto' | undefined;
      /** What `hybrid` weighs when it decides who is kept: how often an entry is asked for, or that for each byte. @default 'frequency' */
      readonly admission: 'frequency' | 'frequency-per-byte';
      /** Whether a sample of the accesses is followed, which tells what another size or another policy would do. @default true */
      readonly sampling: boolean;
    };
    /**
     * The folder that keeps entries across restarts, and that the services of this host share; `null` keeps none.
     *
     * @default '.tiercel'; `null` with Redis, before which it stands only where it is set
     */
    readonly store: string | null;
  };
  /** The Redis that a fleet of services shares. @default none */
  readonly redis?: RedisSettings | undefined;
  /** The NATS over which a fleet of services keeps in step. @default none */
  readonly nats?: NatsSettings | undefined;
  /** @default 'auto' */
  readonly bus: BusSetting;
  /** How closely services keep in step. */
  readonly coherence: {
    /** A sign of life is given this often. @default '500ms' */
    readonly heartbeat: Duration;
    /** While news may be missing, memory is believed for so long. @default '2s' */
    readonly suspectTtl: Duration;
    /** A service that fell silent is waited for so long. @default '30s' */
    readonly forgetAfter: Duration;
  };
  /** How each kind is treated; a kind that the service does not have of itself is a place for entries of your own. */
  readonly kinds: Readonly<Record<string, KindSettings>>;
  /** The keys that encrypt sensitive kinds: the first writes, all read. One of the two, or none. */
  readonly encryption: {
    /** `2:BASE64,1:BASE64` */
    readonly keys?: string | undefined;
    /** The path of a file that holds the same, by lines if it likes, or JSON. */
    readonly keysFile?: string | undefined;
  };
  /** Where market data comes from. @default 'replay' */
  readonly provider: 'replay';
  readonly replay: {
    /** The folder of recorded data. @default the data that comes with Tiercel */
    readonly folder?: string | undefined;
    /** @default 1 */
    readonly speed: number;
    /** @default '40ms' */
    readonly latency: Duration;
  };
  /** Whether a small trading bot reads through the cache, so that there is something to see. @default false */
  readonly demo: boolean;
}
