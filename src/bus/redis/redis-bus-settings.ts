import { assertNames, ConfigError } from '../../errors.ts';
import { keySlot } from '../../redis/key-slot.ts';
import { assertWarned, prefixOf, type RedisSetting, resolveRedis } from '../../redis/redis-options.ts';
import { toDeadlineMs, toMs } from '../../time/duration.ts';
import { REDIS_BUS_OPTIONS, type RedisBusOptions } from './redis-bus-options.ts';

const CHANNEL = /^[A-Za-z0-9_.-]{1,64}$/;

/** Who keeps less has no use of it. */
const SHORTEST_KEEPING_MS = 1_000;

/** The streams of a channel, both of one slot. */
export interface ChannelKeys {
  readonly news: string;
  readonly beats: string;
}

/** The options of a bus over Redis, resolved. */
export interface RedisBusSettings {
  readonly redis: RedisSetting;
  readonly keys: ChannelKeys;
  readonly keepMs: number;
  readonly maxMessages: number;
  readonly deadlineMs: number;
}

/** @throws ConfigError when an option cannot be used. */
export function settingsOf(options: RedisBusOptions): RedisBusSettings {
  assertNames(options, REDIS_BUS_OPTIONS, 'redisBus');
  assertWarned(options.onWarning);
  const redis = resolveRedis(options);
  const channel = options.channel ?? 'tiercel';
  if (typeof channel !== 'string' || !CHANNEL.test(channel)) {
    throw new ConfigError(`\`channel\` is ${JSON.stringify(channel)}; use 1 to 64 letters, digits, "_", "-", "."`);
  }
  const keepMs = toMs(options.keepFor ?? '1h', 'keepFor');
  if (!(keepMs >= SHORTEST_KEEPING_MS && Number.isFinite(keepMs))) {
    throw new ConfigError(
      `\`keepFor\` is ${keepMs} ms; give ${SHORTEST_KEEPING_MS} ms or more, no shorter than the longest life of an entry in memory`,
    );
  }
  const maxMessages = options.maxMessages ?? 100_000;
  if (!Number.isSafeInteger(maxMessages) || maxMessages < 1) {
    throw new ConfigError(`\`maxMessages\` is ${String(maxMessages)}; give a whole number from 1 up`);
  }
  return {
    redis,
    keys: keysOf(prefixOf(options.prefix), channel),
    keepMs,
    maxMessages,
    deadlineMs: toDeadlineMs(options.deadline ?? '250ms', 'deadline'),
  };
}

/** No namespace begins with "~", so a tier with the same prefix takes none of these for an entry. */
function keysOf(prefix: string, channel: string): ChannelKeys {
  const keys = { news: `${prefix}~bus:{${channel}}:news`, beats: `${prefix}~bus:{${channel}}:beats` };
  if (keySlot(keys.news) === keySlot(keys.beats)) return keys;
  throw new ConfigError('Braces in `prefix` are no whole hash tag; leave them out, or write them as "{tag}"');
}
