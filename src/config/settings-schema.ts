import { z } from 'zod';
import { assertKindName, assertNamespace } from '../entry/key.ts';
import { keyRing } from '../entry/key-ring.ts';
import { memorySchema, shareSchema } from './memory-schema.ts';
import { natsSchema, redisSchema } from './network-schema.ts';
import { count, duration, flag, group, oneOf, passes, text } from './setting-forms.ts';
import type { Settings } from './settings.ts';

const kindName = z.string().refine(passes(assertKindName), 'use 1 to 64 letters, digits, "_", "-", "." for the name of a kind');
const kindSettings = z.strictObject(
  {
    ttl: duration.optional(),
    grace: duration.optional(),
    sensitive: flag.optional(),
    compression: oneOf('auto', 'none', 'zstd', 'deflate').optional(),
    lease: flag.optional(),
    push: flag.optional(),
    bus: flag.optional(),
    share: shareSchema.optional(),
  },
  'write a group, such as { ttl: 5s, grace: 1m }',
);

/** Settings without the defaults that depend on other settings. */
export type GivenSettings = Omit<Settings, 'cache'> & {
  readonly cache: Omit<Settings['cache'], 'store'> & { readonly store?: string | null | undefined };
};

/** The forms of all settings, and the defaults of those that do not depend on others. */
export const settingsSchema: z.ZodType<GivenSettings> = z.strictObject(
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
      memory: memorySchema,
      store: text('the path of a folder, or null to keep nothing across restarts').nullable().optional(),
    }),
    redis: redisSchema.optional(),
    nats: natsSchema.optional(),
    bus: oneOf('auto', 'lmdb', 'redis', 'nats', 'none').default('auto'),
    coherence: group({
      heartbeat: duration.default('500ms'),
      suspectTtl: duration.default('2s'),
      forgetAfter: duration.default('30s'),
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

/** Says what is wrong with keys, which shows nothing of them. */
function checkKeys(keys: string, context: z.RefinementCtx): void {
  try {
    keyRing(keys);
  } catch (error) {
    context.addIssue((error as Error).message);
  }
}
