import { type Size, toBytes } from '../../entry/size.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import type { PolicyName } from '../../policy/eviction-policy.ts';
import { POLICIES } from '../../policy/policies.ts';
import type { PressureLimits } from './pressure.ts';
import type { RoomLimits } from './room.ts';

/** How much memory a cache may use, and who leaves when it is full. */
export interface MemoryOptions {
  /** @default 100_000 */
  readonly maxEntries?: number;
  /** Bytes as the weigher sees them: values, keys, and our own part. @default '256mb' */
  readonly maxBytes?: Size;
  /** A heavier entry is not admitted, for it would empty the cache. @default a quarter of `maxBytes` */
  readonly maxEntryBytes?: Size;
  /** Who leaves when memory is full. @default 'hybrid' */
  readonly policy?: PolicyName;
  /**
   * What of an entry is weighed when `hybrid` decides whether it is kept in the place of another: how often it is asked
   * for, or that for each byte, which hits more often where sizes differ much, and with fewer bytes. @default 'frequency'
   */
  readonly admission?: 'frequency' | 'frequency-per-byte';
  /** Protected entries may take this share of the entries and of the bytes, from 0 to 1; what is past it is treated as any other. @default 0.5 */
  readonly maxProtectedShare?: number;
  /**
   * Whether entries leave while the process nears the bound of its heap or of its container, and when: above `from` of
   * it (0.85) as many as are too much, down to a sixteenth of `maxBytes` or of that bound, whichever is less; below `until` (0.7) the room comes back. @default true
   */
  readonly pressure?: boolean | { readonly from?: number; readonly until?: number };
  /**
   * With 'auto' every kind has a part of memory of its own, and shares are moved to where all of them together hit
   * most, within what kinds say of their `share`. @default only kinds with a `share` have parts, and what is above the minima is divided evenly among those that ask
   */
  readonly shares?: 'auto';
  /** Whether a sample of the accesses is followed, which tells what another size or another policy would do. @default true */
  readonly sampling?: boolean;
  /** Keys and patterns of keys that are kept in memory for as long as their entries live, in every namespace. @default [] */
  readonly protect?: readonly string[];
}

/** Every option there is. */
export const MEMORY_OPTIONS: Readonly<Record<keyof MemoryOptions, true>> = {
  maxEntries: true,
  maxBytes: true,
  maxEntryBytes: true,
  policy: true,
  admission: true,
  maxProtectedShare: true,
  pressure: true,
  shares: true,
  sampling: true,
  protect: true,
};

/** The bounds among the options. */
type Bounds = { readonly [Name in 'maxEntries' | 'maxBytes' | 'maxEntryBytes' | 'maxProtectedShare']?: MemoryOptions[Name] | undefined };

/** The bounds, resolved. @throws ConfigError naming the option at fault. */
export function limitsOf(options: Bounds): RoomLimits {
  const maxEntries = options.maxEntries ?? 100_000;
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > 2 ** 31) {
    throw new ConfigError(`\`memory.maxEntries\` is ${maxEntries}; give a whole number from 1 to 2147483648`);
  }
  const maxBytes = toBytes(options.maxBytes ?? '256mb', 'memory.maxBytes');
  const maxEntryBytes = Math.min(maxBytes, toBytes(options.maxEntryBytes ?? Math.ceil(maxBytes / 4), 'memory.maxEntryBytes'));
  const { maxProtectedShare = 0.5 } = options;
  if (typeof maxProtectedShare !== 'number' || !(maxProtectedShare >= 0 && maxProtectedShare <= 1))
    throw new ConfigError(`\`memory.maxProtectedShare\` is ${maxProtectedShare}; give a share from 0 to 1`);
  return { maxEntries, maxBytes, maxEntryBytes, maxProtectedShare };
}

const PRESSURE = { from: true, until: true } as const;

/** When memory gives way; `undefined` for never. @throws ConfigError naming the option at fault. */
export function pressureLimits(option: NonNullable<MemoryOptions['pressure']>): PressureLimits | undefined {
  if (option === false) return undefined;
  if (option !== true) assertNames(option, PRESSURE, 'memory.pressure');
  const { from = 0.85, until = 0.7 } = option === true ? {} : option;
  if (from > 0 && from <= 1 && until >= 0 && until < from) return { from, until };
  throw new ConfigError(`\`memory.pressure\` is from ${from} until ${until}; give shares from 0 to 1, \`until\` below \`from\``);
}

/** The name of a policy that there is. @throws ConfigError when there is none of that name. */
export function checkedPolicy(name: PolicyName): PolicyName {
  if (Object.hasOwn(POLICIES, name)) return name;
  throw new ConfigError(`\`memory.policy\` is "${String(name)}"; there are ${Object.keys(POLICIES).join(', ')}`);
}
