import { z } from 'zod';
import { assertKindName, assertNamespace } from '../entry/key.ts';
import { keyRing } from '../entry/key-ring.ts';
import { ConfigError } from '../errors.ts';
import type { PolicyName } from '../policy/eviction-policy.ts';
import { POLICIES } from '../policy/policies.ts';
import type { Duration } from '../time/duration.ts';
import { toMs } from '../time/duration.ts';
import { didYouMean } from './nearest.ts';

/** How long the values of one kind live, and how they are kept. */
export interface KindSettings {
  readonly ttl?: Duration | undefined;
  readonly grace?: Duration | undefined;
  /** Whether the store has them encrypted; needs keys. @default false */
  readonly sensitive?: boolean | undefined;
}

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
      /** Who leaves when memory is full. @default 'sieve' */
      readonly policy: PolicyName;
    };
    /** The folder that keeps entries across restarts; `null` keeps none. @default '.tiercel' */
    readonly store: string | null;
  };
  /** Lifetimes by kind; a kind that the service does not have of itself is a place for entries of your own. */
  readonly kinds: Readonly<Record<string, KindSettings>>;
  /** The keys that encrypt sensitive kinds in the store: the first writes, all read. One of the two, or none. */
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

const duration = z.custom<Duration>(passes(toMs), "write milliseconds, or text such as '500ms', '5s', '10m', '1h', '1d'");
const count = (least: number, most: number, what: string) =>
  z.custom<number>((value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most, `write ${what}`);
const text = (what: string) => z.string(`write ${what}`).min(1, `write ${what}`);
const flag = z.boolean('write true or false');

const kindName = z.string().refine(passes(assertKindName), 'use 1 to 64 letters, digits, "_", "-", "." for the name of a kind');
const kindSettings = z.strictObject(
  { ttl: duration.optional(), grace: duration.optional(), sensitive: flag.optional() },
  'write a group, such as { ttl: 5s, grace: 1m }',
);
const group = <Shape extends z.ZodRawShape>(shape: Shape) => z.prefault(z.strictObject(shape, 'write a group of settings'), {} as never);

const schema = z.strictObject(
  {
    server: group({
      host: text('a host name or address, such as 127.0.0.1').default('127.0.0.1'),
      port: count(0, 65_535, 'a port from 0 to 65535').default(8083),
      token: z
        .string('write text of 16 characters or more')
        .min(16, 'write text of 16 characters or more, such as `openssl rand -base64 24` prints')
        .optional(),
      allowedHosts: z.array(text('a host name'), 'write a list of host names').default([]),
      drainTimeout: duration.default('10s'),
      maxLiveClients: count(0, 10_000, 'a whole number from 0 to 10000').default(32),
    }),
    cache: group({
      enabled: flag.default(true),
      namespace: z.string().refine(passes(assertNamespace), 'use letters, digits, "_", "-", ".", with "/" between names').default('main'),
      ttl: duration.default('1h'),
      memory: group({
        maxEntries: count(1, 50_000_000, 'a whole number from 1 to 50000000').default(100_000),
        maxMegabytes: count(1, 1_000_000, 'a whole number of megabytes, 1 or more').default(256),
        policy: z
          .custom<PolicyName>(
            (value) => typeof value === 'string' && Object.hasOwn(POLICIES, value),
            `write one of ${Object.keys(POLICIES).join(', ')}`,
          )
          .default('sieve'),
      }),
      store: text('the path of a folder, or null to keep nothing across restarts').nullable().default('.tiercel'),
    }),
    kinds: z.record(kindName, kindSettings, 'write a group of kinds, such as { quote: { ttl: 5s } }').default({}),
    encryption: group({
      keys: z.string('write id:key, with 32 bytes in base64, as `openssl rand -base64 32` prints them').superRefine(checkKeys).optional(),
      keysFile: text('the path of a file of keys').optional(),
    }),
    provider: z.literal('replay', 'write "replay", the one provider there is yet').default('replay'),
    replay: group({
      folder: text('the path of a folder').optional(),
      speed: z.number('write a number above 0').positive('write a number above 0').default(1),
      latency: duration.default('40ms'),
    }),
    demo: flag.default(false),
  },
  'write a group of settings',
);

/**
 * Checks settings as they were read, and fills in what was left out.
 *
 * @param nameOf tells how the person who set a setting knows it: by the name of an environment variable, an option, or its path.
 * @throws ConfigError that names each bad setting, its value and what to write.
 */
export function checkSettings(given: unknown, nameOf: (path: string) => string): Settings {
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  throw new ConfigError(checked.error.issues.flatMap((issue) => describe(issue, given, nameOf)).join('\n'));
}

function describe(issue: z.core.$ZodIssue, given: unknown, nameOf: (path: string) => string): string[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = namesAt(issue.path);
    const hint = (key: string): string => didYouMean(key, names) || `; there are: ${names.join(', ')}`;
    return issue.keys.map((key) => `${[...issue.path, key].join('.')} is no setting${hint(key)}`);
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [`${nameOf(path)} is ${shown(valueAt(given, issue.path), path)}; ${message}`];
}

/** The names of the settings in a group. */
function namesAt(path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const name of path) {
    const inner = unwrapped(at);
    at = inner instanceof z.ZodObject ? inner.shape[String(name)] : inner instanceof z.ZodRecord ? inner.valueType : undefined;
  }
  const inner = unwrapped(at);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function unwrapped(at: unknown): unknown {
  return at instanceof z.ZodPrefault || at instanceof z.ZodDefault || at instanceof z.ZodOptional ? unwrapped(at.unwrap()) : at;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined), given);
}

/** A value as it is told in an error: a secret is not told. */
function shown(value: unknown, path: string): string {
  if (path === 'server.token') return 'too short or no text';
  if (path === 'encryption.keys') return 'of no use';
  return value === undefined ? 'missing' : JSON.stringify(value);
}

/** Says what is wrong with keys, which shows nothing of them. */
function checkKeys(keys: string, context: z.RefinementCtx): void {
  try {
    keyRing(keys);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
}

/** Whether a check that throws lets a value pass. */
function passes<T>(check: (value: T) => unknown): (value: unknown) => boolean {
  return (value) => {
    try {
      check(value as T);
      return true;
    } catch {
      return false;
    }
  };
}
