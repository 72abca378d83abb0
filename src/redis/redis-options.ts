import { assertNames, ConfigError } from '../errors.ts';
import { chance } from '../time/chance.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { type Duration, toDeadlineMs } from '../time/duration.ts';
import { type Address, addressText, parseAddress, type RedisAccess, type RedisTls } from './redis-address.ts';

const DEFAULT_PORT = 6_379;
const SENTINEL_PORT = 26_379;

/** Which Redis, and how to enter it. Give `url`, or `sentinel`, or `cluster`. */
export interface RedisOptions {
  /**
   * One server: `redis://user:password@host:6379/0`; `rediss://` for TLS.
   *
   * @default 'redis://127.0.0.1:6379'
   */
  readonly url?: string;
  /** A master that Sentinels watch over: they are asked where it is before each connection. */
  readonly sentinel?: SentinelOptions;
  /** A Redis Cluster: some of its nodes, each as `host:port`; the others are learned from them. */
  readonly cluster?: { readonly nodes: readonly string[] };
  /** Certificates for TLS; `true` for TLS with what Node.js knows. @default false */
  readonly tls?: boolean | RedisTls;
  /** Takes the place of the one in `url`. */
  readonly username?: string;
  /** Takes the place of the one in `url`. */
  readonly password?: string;
  /** The database by number; a cluster has only 0. @default that of `url`, else 0 */
  readonly database?: number;
  /** A connection is made, or given up, within this time. @default '2s' */
  readonly connectWithin?: Duration;
  /** @default systemClock */
  readonly clock?: Clock;
  /** From 0 up to 1. @default chance */
  readonly random?: () => number;
}

/** The names of {@link RedisOptions}. */
export const REDIS_OPTIONS: Readonly<Record<keyof RedisOptions, true>> = {
  url: true,
  sentinel: true,
  cluster: true,
  tls: true,
  username: true,
  password: true,
  database: true,
  connectWithin: true,
  clock: true,
  random: true,
};

/** Sentinels, and the name of the master they watch over. */
export interface SentinelOptions {
  /** The master's name in the Sentinels' configuration. */
  readonly name: string;
  /** The Sentinels, each as `host:port`. */
  readonly nodes: readonly string[];
  /** For the Sentinels themselves, where they ask for it. */
  readonly username?: string;
  readonly password?: string;
}

/** Where to connect to, by the kind of the deployment. */
export type RedisTarget =
  | { readonly kind: 'server'; readonly address: Address }
  | { readonly kind: 'sentinel'; readonly name: string; readonly nodes: readonly Address[]; readonly access: RedisAccess }
  | { readonly kind: 'cluster'; readonly nodes: readonly Address[] };

/** The options, resolved and checked. */
export interface RedisSetting {
  readonly target: RedisTarget;
  readonly access: RedisAccess;
  readonly connectMs: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Resolves options. @throws ConfigError, without any password in it, when they make no sense. */
export function resolveRedis(options: RedisOptions = {}): RedisSetting {
  const { sentinel, cluster } = options;
  if ([options.url, sentinel, cluster].filter((one) => one !== undefined).length > 1) {
    throw new ConfigError('Redis is either `url`, `sentinel` or `cluster`; give one of them');
  }
  assertText(options.username, 'username');
  assertText(options.password, 'password');
  const url = parseUrl(options.url ?? 'redis://127.0.0.1:6379');
  const database = options.database ?? url.database;
  if (!Number.isInteger(database) || database < 0) throw new ConfigError(`\`database\` is ${String(database)}; give a number from 0 up`);
  if (cluster && database !== 0) throw new ConfigError('A Redis Cluster has database 0 alone; leave `database` out');
  const tls = resolveTls(options.tls ?? url.isSecure);
  const access = { tls, username: options.username ?? url.username, password: options.password ?? url.password, database };
  return {
    target: targetOf(options, url.address, tls),
    access,
    connectMs: toDeadlineMs(options.connectWithin ?? '2s', 'connectWithin'),
    clock: options.clock ?? systemClock,
    random: options.random ?? chance,
  };
}

/** What stands before every key. @throws ConfigError when it is no text, or none at all. */
export function prefixOf(prefix: unknown = 'tiercel:'): string {
  if (typeof prefix === 'string' && prefix !== '') return prefix;
  throw new ConfigError(`\`prefix\` is ${JSON.stringify(prefix)}; give text such as 'tiercel:', so that keys of others stay apart`);
}

/** @throws ConfigError when it is there and no function. */
export function assertWarned(onWarning: unknown): void {
  if (onWarning === undefined || typeof onWarning === 'function') return;
  throw new ConfigError('`onWarning` is no function; give one that takes a warning, or leave it out');
}

/** The target for people, without credentials. */
export function targetText(target: RedisTarget): string {
  if (target.kind === 'server') return addressText(target.address);
  const nodes = target.nodes.map(addressText).join(', ');
  return target.kind === 'sentinel' ? `master "${target.name}" of the Sentinels ${nodes}` : `the cluster of ${nodes}`;
}

function targetOf({ sentinel, cluster }: RedisOptions, address: Address, tls: RedisTls | undefined): RedisTarget {
  if (cluster !== undefined) {
    assertNames(cluster, { nodes: true }, 'cluster');
    return { kind: 'cluster', nodes: nodesOf(cluster.nodes, 'cluster.nodes', DEFAULT_PORT) };
  }
  if (sentinel === undefined) return { kind: 'server', address };
  assertNames(sentinel, { name: true, nodes: true, username: true, password: true }, 'sentinel');
  const { name, username, password } = sentinel;
  assertText(username, 'sentinel.username');
  assertText(password, 'sentinel.password');
  if (typeof name !== 'string' || name === '') throw new ConfigError('`sentinel.name` is missing; give the name of the master');
  const nodes = nodesOf(sentinel.nodes, 'sentinel.nodes', SENTINEL_PORT);
  return { kind: 'sentinel', name, nodes, access: { tls, username, password, database: 0 } };
}

function nodesOf(nodes: readonly string[], option: string, defaultPort: number): Address[] {
  if (!Array.isArray(nodes) || nodes.length === 0) throw new ConfigError(`\`${option}\` is empty; give addresses as "host:port"`);
  return nodes.map((text) => {
    if (typeof text !== 'string') throw new ConfigError(`\`${option}\` holds what is no text; give each as "host:port"`);
    const address = /:\d+$/.test(text) ? parseAddress(text) : { host: text, port: defaultPort };
    if (address.host === '' || address.host.includes('/') || address.host.includes('@')) {
      throw new ConfigError(`\`${option}\` holds what is no address; give each as "host:port", without user or scheme`);
    }
    return address;
  });
}

interface ParsedUrl {
  readonly address: Address;
  readonly isSecure: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** The URL itself stands in no error: it may hold a password. */
function parseUrl(text: string): ParsedUrl {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') {
    throw new ConfigError('`url` is no address of Redis; give it as redis://host:6379/0, or rediss:// for TLS');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigError('`url` has a query ("?…") or a fragment ("#…"), and Redis knows none; write the database as /2');
  }
  const database = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(database)) throw new ConfigError('The path of `url` is no number of a database; give it as redis://host:6379/0');
  return {
    address: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? DEFAULT_PORT : Number(url.port) },
    isSecure: url.protocol === 'rediss:',
    username: decode(url.username),
    password: decode(url.password),
    database: Number(database),
  };
}

function decode(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigError('User or password in `url` is not percent-encoded; write "%25" for "%", or use `username` and `password`');
  }
}

function resolveTls(tls: boolean | RedisTls): RedisTls | undefined {
  if (typeof tls === 'boolean') return tls ? {} : undefined;
  if (typeof tls !== 'object') throw new ConfigError('`tls` is no certificates; give true, false or { ca, cert, key, servername }');
  assertNames(tls, { ca: true, cert: true, key: true, servername: true }, 'tls');
  return tls;
}

/** What it is instead is not told: it may be a secret. */
function assertText(text: unknown, option: string): void {
  if (text !== undefined && typeof text !== 'string') throw new ConfigError(`\`${option}\` is no text; give it as text`);
}
