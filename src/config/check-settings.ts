import { z } from 'zod';
import { coherenceOf } from '../bus/coherence-options.ts';
import { assertShares } from '../cache/kind/kind-plan.ts';
import { ConfigError } from '../errors.ts';
import { busNameOf } from './bus-choice.ts';
import { assertNats } from './nats-settings.ts';
import { didYouMean } from './nearest.ts';
import { assertRedis } from './redis-settings.ts';
import type { Settings } from './settings.ts';
import { settingsSchema } from './settings-schema.ts';

/** Where the store is when nobody says, and nothing else is shared. */
const DEFAULT_STORE = '.tiercel';

/** Tells how the person who set a setting knows it: by the name of an environment variable, an option, or its path. */
export type NameOf = (path: string) => string;

/**
 * Checks settings as they were read, and fills in what was left out.
 *
 * @throws ConfigError that names each bad setting, its value and what to write.
 */
export function checkSettings(given: unknown, nameOf: NameOf): Settings {
  const checked = settingsSchema.safeParse(given);
  if (!checked.success) throw new ConfigError(checked.error.issues.flatMap((issue) => describe(issue, given, nameOf)).join('\n'));
  const { cache, redis, nats, ...rest } = checked.data;
  const store = cache.store === undefined ? (redis ? null : DEFAULT_STORE) : cache.store;
  if (redis) named('redis', nameOf, () => assertRedis(redis));
  if (nats) named('nats', nameOf, () => assertNats(nats));
  const settings = { ...rest, cache: { ...cache, store }, ...(redis ? { redis } : {}), ...(nats ? { nats } : {}) };
  named('', nameOf, () => {
    busNameOf(settings);
    coherenceOf(settings.coherence);
    assertShares(Object.values(settings.kinds));
  });
  return settings;
}

/** What stands in `quotes` in an error of a part is an option of it; the person knows it by another name. */
function named(group: string, nameOf: NameOf, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const nameOfOption = (option: string): string => (option === group || group === '' ? nameOf(option) : nameOf(`${group}.${option}`));
    throw new ConfigError(error.message.replaceAll(/`([\w.]+)`/g, (_, option: string) => nameOfOption(option)));
  }
}

function describe(issue: z.core.$ZodIssue, given: unknown, nameOf: NameOf): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = namesAt(issue.path);
    const hint = (key: string): string => didYouMean(key, names) || `; there are: ${names.join(', ')}`;
    return issue.keys.map((key) => `${[...issue.path, key].join('.')} is no setting${hint(key)}`);
  }
  // Of what may have several forms, the one that it is nearest to says what is wrong within it.
  const inner = issue.code === 'invalid_union' ? issue.errors.find((issues) => issues.every(({ path: at }) => at.length > 0)) : undefined;
  if (inner) return inner.flatMap((one) => describe({ ...one, path: [...issue.path, ...one.path] }, given, nameOf));
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [`${nameOf(path)} is ${shown(valueAt(given, issue.path), path)}; ${message}`];
}

/** The names of the settings in a group. */
function namesAt(path: readonly PropertyKey[]): string[] {
  let at: unknown = settingsSchema;
  for (const name of path) {
    const inner = unwrapped(at);
    at = inner instanceof z.ZodObject ? inner.shape[String(name)] : inner instanceof z.ZodRecord ? inner.valueType : undefined;
  }
  const inner = unwrapped(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrapped(at: unknown): unknown {
  if (at instanceof z.ZodPrefault || at instanceof z.ZodDefault || at instanceof z.ZodOptional) return unwrapped(at.unwrap());
  return at instanceof z.ZodUnion ? at.options.find((option) => option instanceof z.ZodObject) : at;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), given);
}

/** In these groups a password may stand anywhere, in an address or where a group should be; these of their settings hold none. */
const SECRETIVE = /^(encryption|redis|nats)(\.|$)/;
const OPEN = /^(redis\.(database|prefix)|nats\.(channel|jetstream|stream\..*))$/;

/** A value as it is told in an error: a secret is not told. */
function shown(value: unknown, path: string): string {
  if (path === 'server.token') return 'too short or no text';
  if (value === undefined) return 'missing';
  if (SECRETIVE.test(path) && !OPEN.test(path)) return 'of no use';
  return JSON.stringify(value);
}
