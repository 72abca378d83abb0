import { ConfigError } from '../errors.ts';
import { nearest } from './nearest.ts';

/** One environment variable that sets something. */
interface Variable {
  /** The setting it sets. */
  readonly path: string;
  /** The value its text stands for; text that stands for none is handed on, to be refused with the rest. */
  readonly read: (text: string) => unknown;
}

const asIs = (text: string): unknown => text;
const number = (text: string): unknown => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
const list = (text: string): unknown => text.split(',').map((part) => part.trim());
const flag = (text: string): unknown => ({ true: true, '1': true, false: false, '0': false })[text.toLowerCase()] ?? text;

/** The environment variables that set something, by name. Durations are milliseconds, or text with a unit. */
const VARIABLES: Readonly<Record<string, Variable>> = {
  CACHE_ENABLED: { path: 'cache.enabled', read: flag },
  CACHE_TTL: { path: 'cache.ttl', read: number },
  CACHE_MAX_SIZE: { path: 'cache.memory.maxEntries', read: number },
  CACHE_MAX_MEMORY_MB: { path: 'cache.memory.maxMegabytes', read: number },
  CACHE_POLICY: { path: 'cache.memory.policy', read: asIs },
  CACHE_PROTECT: { path: 'cache.memory.protect', read: list },
  CACHE_PRESSURE: { path: 'cache.memory.pressure', read: flag },
  CACHE_TTL_PRICE: { path: 'kinds.quote.ttl', read: number },
  REDIS_URL: { path: 'redis.url', read: asIs },
  NATS_URL: { path: 'nats.servers', read: asIs },
  TIERCEL_TOKEN: { path: 'server.token', read: asIs },
  TIERCEL_REDIS_PASSWORD: { path: 'redis.password', read: asIs },
  TIERCEL_NATS_PASSWORD: { path: 'nats.password', read: asIs },
  TIERCEL_NATS_TOKEN: { path: 'nats.token', read: asIs },
  TIERCEL_ENCRYPTION_KEYS: { path: 'encryption.keys', read: asIs },
  TIERCEL_ENCRYPTION_KEYS_FILE: { path: 'encryption.keysFile', read: asIs },
};

/** Variables of later releases: setting one has no effect yet, and whoever sets one should hear of it. */
const LATER: Readonly<Record<string, string>> = {
  CACHE_TTL_FUNDAMENTALS: 'this release serves no fundamentals yet',
  CACHE_TTL_NEWS: 'this release serves no news yet',
  CACHE_TTL_FEATURES: 'this release computes no features yet',
  CACHE_TTL_PREDICTIONS: 'this release makes no predictions yet',
  CACHE_TTL_MODELS: 'this release keeps no models yet',
  CACHE_WARMING_ENABLED: 'this release does not warm the cache yet',
  CACHE_WARMING_SCHEDULE: 'this release does not warm the cache yet',
  CACHE_WARMING_BATCH_SIZE: 'this release does not warm the cache yet',
  CACHE_BATCH_ENABLED: 'this release does not schedule batches yet',
  CACHE_BATCH_SIZE: 'this release does not schedule batches yet',
  CACHE_BATCH_INTERVAL: 'this release does not schedule batches yet',
  CACHE_LOW_LOAD_HOURS: 'this release does not schedule batches yet',
};

/** Read elsewhere: by the commands that talk to a running service. */
const ELSEWHERE: readonly string[] = ['TIERCEL_URL'];

/** What the environment sets. */
export interface EnvironmentSettings {
  /** Values by the path of their setting, in the order of the variables. */
  readonly values: ReadonlyMap<string, unknown>;
  /** The variable that set each path. */
  readonly names: ReadonlyMap<string, string>;
  /** What a person should know who set something that has no effect. */
  readonly warnings: readonly string[];
}

/**
 * Reads the settings of an environment.
 *
 * @throws ConfigError when a TIERCEL_ variable is unknown.
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): EnvironmentSettings {
  const values = new Map<string, unknown>();
  const names = new Map<string, string>();
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || text === '' || !isOurs(name)) continue;
    const variable = VARIABLES[name];
    if (variable) {
      values.set(variable.path, variable.read(text.trim()));
      names.set(variable.path, name);
    } else {
      const warning = warningOf(name);
      if (warning !== undefined) warnings.push(warning);
    }
  }
  return { values, names, warnings };
}

function isOurs(name: string): boolean {
  return name.startsWith('CACHE_') || name.startsWith('TIERCEL_') || Object.hasOwn(VARIABLES, name);
}

function warningOf(name: string): string | undefined {
  if (ELSEWHERE.includes(name)) return undefined;
  if (Object.hasOwn(LATER, name)) return `${name} is set, and has no effect: ${LATER[name]}`;
  const meant = nearest(name, [...Object.keys(VARIABLES), ...Object.keys(LATER)]);
  const hint = meant === undefined ? `unset it; there are: ${Object.keys(VARIABLES).join(', ')}` : `did you mean ${meant}?`;
  if (name.startsWith('TIERCEL_')) throw new ConfigError(`${name} is no setting; ${hint}`);
  return `${name} is set, and is no setting of Tiercel: it has no effect; ${hint}`;
}
