import { MAX_ENTRIES, POLICY_NAMES } from '../config/memory-schema.ts';
import { didYouMean } from '../config/nearest.ts';
import { type Size, toBytes } from '../entry/size.ts';
import type { WireEvictions, WireMemory, WireMemoryChange, WireMemoryUsage } from '../service/wire.ts';
import { type Call, CLIENT_OPTIONS, type Command, UsageError } from './command.ts';
import { NEEDS, REASONS } from './eviction-words.ts';
import { bytes, count, milliseconds, percent } from './figures.ts';
import { ServiceClient } from './service-client.ts';
import { columns } from './table.ts';
import { print, printJson, tone } from './terminal.ts';

const DEFAULT_LIMIT = 10;
const MOST_EVICTIONS = 256;

/** `tiercel memory` */
export const memory: Command = {
  usage: 'memory [--policy NAME] [--max-entries N] [--max-bytes SIZE] [--limit N] [--json]',
  help: 'Tells how full the memory of a running service is, what left it for want of room, and why. With a policy or bounds it changes them first, until the service stops: what is too much leaves at once, and what was used most leaves last.',
  args: [0, 0],
  options: {
    ...CLIENT_OPTIONS,
    policy: { value: 'NAME', help: `Who leaves when memory is full from now on: ${POLICY_NAMES.join(', ')}` },
    'max-entries': { value: 'N', help: 'How many entries it may hold from now on' },
    'max-bytes': { value: 'SIZE', help: 'How many bytes it may hold from now on, such as 512mb' },
    limit: { value: 'N', help: `How many of the last evictions are told, up to ${MOST_EVICTIONS} (default ${DEFAULT_LIMIT})` },
  },
  examples: ['tiercel memory', 'tiercel memory --max-bytes 512mb --policy hybrid', 'tiercel memory --limit 256 --json'],
  async run(call) {
    const limit = numberIn(call, 'limit', 0, MOST_EVICTIONS) ?? DEFAULT_LIMIT;
    const change = changeIn(call);
    const path = `/v1/memory?limit=${limit}`;
    const client = ServiceClient.of(call);
    const isChange = Object.keys(change).length > 0;
    const told = isChange ? await client.ask<WireMemory>('PATCH', path, change) : await client.ask<WireMemory>('GET', path);
    if (call.has('json')) printJson(told);
    else print(describe(told));
    return 0;
  },
};

function changeIn(call: Call): WireMemoryChange {
  const policy = call.value('policy');
  const names: readonly string[] = POLICY_NAMES;
  if (policy !== undefined && !names.includes(policy))
    throw new UsageError(`There is no policy "${policy}"${didYouMean(policy, names) || `; there are ${names.join(', ')}`}`);
  const maxEntries = numberIn(call, 'max-entries', 1, MAX_ENTRIES);
  const size = call.value('max-bytes');
  return {
    ...(policy === undefined ? {} : { policy }),
    ...(maxEntries === undefined ? {} : { maxEntries }),
    ...(size === undefined ? {} : { maxBytes: sizeOf(size) }),
  };
}

function numberIn(call: Call, option: string, least: number, most: number): number | undefined {
  const text = call.value(option);
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${option} is "${text}"; write a whole number from ${least} to ${most}`);
}

function sizeOf(text: string): number {
  try {
    return toBytes((/^\d+$/.test(text) ? Number(text) : text.toLowerCase()) as Size, 'max-bytes');
  } catch {
    throw new UsageError(`--max-bytes is "${text}"; write bytes above 0, or text such as 64kb, 512mb, 2gb`);
  }
}

function describe({ at, usage, kinds, evictions, comparison }: WireMemory): string {
  const { entries, maxEntries, maxBytes, allowedBytes, reliefs, protectedEntries, protectedBytes, unprotectable } = usage;
  const about = [
    ['entries', tone('strong', count(entries)), `of ${count(maxEntries)}`, percent(entries / maxEntries)],
    ['bytes', tone('strong', bytes(usage.bytes)), `of ${bytes(maxBytes)}`, percent(usage.bytes / maxBytes)],
    ['policy', tone('strong', usage.policy)],
    ...(allowedBytes < maxBytes ? [['allowed', tone('warn', bytes(allowedBytes)), 'for now: the process has little memory left']] : []),
    ...(reliefs > 0 ? [['gave way', tone('strong', count(reliefs)), reliefs === 1 ? 'time' : 'times']] : []),
    ...(protectedEntries + unprotectable > 0
      ? [['protected', tone('strong', count(protectedEntries)), bytes(protectedBytes), `${count(unprotectable)} more could not be`]]
      : []),
  ];
  about.push(...usage.parts.map((part) => [`share of ${part.kind}`, ...shareOf(part, usage)]));
  return [
    columns(about),
    kindTable(kinds),
    ...(comparison ? [adviceOf(comparison)] : []),
    ...(evictions.length > 0 ? [evictionTable(evictions, at)] : []),
  ].join('\n\n');
}

/** What a kind with a part to itself takes of the entries or of the bytes, whichever is more, and between what bounds. */
function shareOf(
  { entries, bytes: weight, min, max }: WireMemoryUsage['parts'][number],
  { maxEntries, maxBytes }: WireMemoryUsage,
): string[] {
  return [tone('strong', percent(Math.max(entries / maxEntries, weight / maxBytes))), `from ${percent(min)}`, `to ${percent(max)}`];
}

/** What half and twice the memory would hit under the policy in use, and whether another would hit more. */
function adviceOf({ isOver, contenders, better }: NonNullable<WireMemory['comparison']>): string {
  if (!isOver) return 'other policies and other sizes are being tried on a sample of the requests';
  const points = ({ gain, margin }: (typeof contenders)[number]): string =>
    `${gain < 0 ? '' : '+'}${(gain * 100).toFixed(1)} points (give or take ${(margin * 100).toFixed(1)})`;
  const rows = contenders.flatMap((one) => {
    if (one.room === 0.5) return [['half the memory', points(one)]];
    return one.room === 2 ? [['twice the memory', points(one)]] : [];
  });
  const best = contenders.find(({ policy, room }) => policy === better && room === 1);
  const verdict = best
    ? [tone('strong', best.policy), points(best), `tiercel memory --policy ${best.policy}`]
    : ['another policy', 'none was better beyond doubt'];
  return `would hit, on a sample of the requests:\n${columns([...rows, verdict])}`;
}

/** Reasons and needs that nothing left for are no columns. */
function kindTable(kinds: WireMemory['kinds']): string {
  const used = <Name extends string>(names: Iterable<Name>, of: (evictions: WireEvictions) => Readonly<Record<Name, number>>): Name[] =>
    [...names].filter((name) => kinds.some(({ evictions }) => of(evictions)[name] > 0));
  const reasons = used(Object.keys(REASONS) as (keyof typeof REASONS)[], ({ byReason }) => byReason);
  const needs = used(Object.keys(NEEDS) as (keyof typeof NEEDS)[], ({ byNeed }) => byNeed);
  const head = ['kind', 'entries', 'left', ...reasons, ...needs.map((need) => `for ${need}`), 'mean age'];
  const rows = kinds.map(({ name, entries, evictions: { byReason, byNeed, ageMs } }) => {
    const left = Object.values(byReason).reduce((sum, one) => sum + one, 0);
    const counts = [entries, left, ...reasons.map((reason) => byReason[reason]), ...needs.map((need) => byNeed[need])];
    return [name, ...counts.map(count), milliseconds(left === 0 ? null : ageMs / left)];
  });
  return columns([head, ...rows], ['left', ...head.slice(1).map(() => 'right' as const)]);
}

function evictionTable(evictions: WireMemory['evictions'], now: number): string {
  const head = ['left', 'key', 'why', 'for', 'policy', 'age', 'size'];
  const rows = evictions.map(({ at, kind, key, reason, need, policy, ageMs, bytes: weight }) => [
    `${milliseconds(Math.max(0, now - at))} ago`,
    kind === '' ? key : `${kind}:${key}`,
    REASONS[reason],
    NEEDS[need],
    policy,
    milliseconds(ageMs),
    bytes(weight),
  ]);
  return columns([head, ...rows], ['right', 'left', 'left', 'left', 'left', 'right', 'right']);
}
