import { z } from 'zod';
import { Pattern } from '../entry/pattern.ts';
import { POLICIES } from '../policy/policies.ts';
import { count, flag, group, oneOf, passes, strict } from './setting-forms.ts';
import type { KindSettings, Settings } from './settings.ts';

/** The names of the policies there are. */
export const POLICY_NAMES: readonly (keyof typeof POLICIES)[] = Object.keys(POLICIES) as (keyof typeof POLICIES)[];

/** A service keeps no more entries in memory. */
export const MAX_ENTRIES = 50_000_000;

const part = z.number('write a share from 0 to 1').min(0, 'write a share from 0 to 1').max(1, 'write a share from 0 to 1');

const PRESSURE = 'write true, false, or a group such as { from: 0.85, until: 0.7 }, with until below from';

const pattern = z.string('write a key or a pattern, such as quote:AAPL or "quote:*"').refine(
  passes((text: string) => new Pattern(text)),
  'write a key or a pattern, such as quote:AAPL or "quote:*", of 256 characters and 8 stars at most',
);

/** The form of what is said of memory. */
export const memorySchema: z.ZodType<Settings['cache']['memory']> = group({
  maxEntries: count(1, MAX_ENTRIES, `a whole number from 1 to ${MAX_ENTRIES}`).default(100_000),
  maxMegabytes: count(1, 1_000_000, 'a whole number of megabytes, 1 or more').default(256),
  policy: oneOf(...POLICY_NAMES).default('hybrid'),
  protect: z.array(pattern, 'write a list of keys and patterns, such as [quote:SPY, "position:*"]').default([]),
  pressure: z
    .union([flag, strict({ from: part, until: part }).refine(({ from, until }) => until < from, PRESSURE)], PRESSURE)
    .default(true),
  maxProtectedShare: part.default(0.5),
  shares: oneOf('auto').optional(),
  admission: oneOf('frequency', 'frequency-per-byte').default('frequency'),
  sampling: flag.default(true),
}).refine(({ shares, sampling }) => shares === undefined || sampling, { path: ['sampling'], error: 'leave it out: shares: auto needs it' });

/** The form of a kind's share of memory. */
export const shareSchema: z.ZodType<KindSettings['share']> = strict({ min: part.optional(), max: part.optional() }).refine(
  ({ min = 0, max = 1 }) => max > 0 && min <= max,
  'write a max above 0 and not below min',
);
