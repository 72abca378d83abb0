import { ConfigError } from '../errors.ts';
import { type RedisOptions, resolveRedis } from '../redis/redis-options.ts';
import type { RedisTierOptions } from '../tiers/redis/redis-tier-options.ts';
import { textIn } from './text-in.ts';

/** Which Redis, and how to enter it: `url`, or `sentinel`, or `cluster`. */
export interface RedisSettings {
  /** `redis://user:password@host:6379/0`; `rediss://` for TLS. */
  readonly url?: string | undefined;
  /** The name of a master, and the Sentinels that watch over it, each as `host:port`. */
  readonly sentinel?:
    | {
        readonly name: string;
        readonly nodes: readonly string[];
        readonly username?: string | undefined;
        readonly password?: string | undefined;
      }
    | undefined;
  /** Some nodes of a cluster, each as `host:port`. */
  readonly cluster?: { readonly nodes: readonly string[] } | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: number | undefined;
  /** `true` for TLS with what Node.js knows; else paths of PEM files. @default as the URL says */
  readonly tls?: boolean | CertificateFiles | undefined;
  /** Stands before every key. @default 'tiercel:' */
  readonly prefix?: string | undefined;
}

/** Paths of PEM files: whom to believe, and who we are. */
export interface CertificateFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** What stands before every key in Redis where the settings do not say. */
export const DEFAULT_PREFIX = 'tiercel:';

/**
 * The options of what connects to Redis. Certificates are read from their files.
 *
 * @throws ConfigError when a file cannot be read.
 */
export function redisOptionsOf(settings: RedisSettings): RedisOptions & Pick<RedisTierOptions, 'prefix'> {
  const { tls, sentinel, prefix, ...rest } = settings;
  const { name = '', nodes = [], ...access } = sentinel ?? {};
  return {
    ...present(rest),
    ...(sentinel === undefined ? {} : { sentinel: { name, nodes, ...present(access) } }),
    ...(tls === undefined ? {} : { tls: typeof tls === 'boolean' ? tls : certificates(tls) }),
    prefix: prefix ?? DEFAULT_PREFIX,
  };
}

/** @throws ConfigError, in the words of the options, when no Redis is named or the settings contradict each other. */
export function assertRedis(settings: RedisSettings): void {
  const { url, sentinel, cluster, tls: _, ...rest } = settings;
  if (url === undefined && sentinel === undefined && cluster === undefined)
    throw new ConfigError('No Redis is named; set `url`, `sentinel` or `cluster`');
  resolveRedis(redisOptionsOf({ url, sentinel, cluster, ...rest }));
}

function certificates({ ca, cert, key }: CertificateFiles): { ca?: string; cert?: string; key?: string } {
  return present({
    ca: ca === undefined ? undefined : textIn(ca, 'redis.tls.ca'),
    cert: cert === undefined ? undefined : textIn(cert, 'redis.tls.cert'),
    key: key === undefined ? undefined : textIn(key, 'redis.tls.key'),
  });
}

type Present<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Without what is not set. */
export function present<T extends object>(settings: T): Present<T> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Present<T>;
}
