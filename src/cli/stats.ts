import type { WireBus, WireKind, WireMemoryUsage, WireStats, WireTier } from '../service/wire.ts';
import { CLIENT_OPTIONS, type Command } from './command.ts';
import { bytes, count, milliseconds, percent } from './figures.ts';
import { ServiceClient } from './service-client.ts';
import { columns } from './table.ts';
import { print, printJson, type Tone, tone } from './terminal.ts';

/** `tiercel stats` */
export const stats: Command = {
  usage: 'stats [--json]',
  help: 'Tells what was asked of a running service, how it was answered and what that saved; how its tiers are, and whether it is in step with others.',
  args: [0, 0],
  options: CLIENT_OPTIONS,
  examples: ['tiercel stats', 'tiercel stats --json | jq .hitRatio'],
  async run(call) {
    const told = await ServiceClient.of(call).ask<WireStats>('GET', '/v1/stats');
    if (call.has('json')) printJson(told);
    else print(describe(told));
    return 0;
  },
};

function describe(told: WireStats): string {
  const { memory, window, provider } = told;
  const head = columns([
    ['hit ratio', tone('strong', percent(told.hitRatio)), `${percent(window.hitRatio)} in the last ${Math.round(window.seconds)} s`],
    ['requests', tone('strong', count(told.requests)), `${window.requestsPerSecond.toFixed(1)} a second`],
    ['latency', tone('strong', milliseconds(window.p50Ms)), `99th percentile ${milliseconds(window.p99Ms)}`],
    [
      'loads saved',
      tone('strong', count(told.loadsSaved)),
      `${count(provider.calls)} calls to ${provider.name}, ${count(provider.failedCalls)} failed`,
    ],
    ['memory', tone('strong', bytes(memory.bytes)), memoryOf(memory)],
  ]);
  const kinds = columns([KIND_HEAD, ...told.kinds.map(kindRow)], ['left', ...Array<'right'>(KIND_HEAD.length - 1).fill('right')]);
  const shared = columns([...told.tiers.map(tierRow), ...(told.bus ? [busRow(told.bus)] : [])]);
  return [head, kinds, shared, healthOf(told.health)].filter((part) => part !== '').join('\n\n');
}

function memoryOf({ entries, maxEntries, allowedBytes, maxBytes }: WireMemoryUsage): string {
  const about = `${count(entries)} of ${count(maxEntries)} entries`;
  return allowedBytes < maxBytes ? `${about}, ${bytes(allowedBytes)} allowed for now: the process has little left` : about;
}

function tierRow(tier: WireTier): string[] {
  const about = [
    `${count(tier.hits)} found, ${count(tier.misses)} not, ${count(tier.writes)} written, ${count(tier.errors + tier.writeErrors)} failed`,
    ...(tier.refused > 0 ? [`${count(tier.refused)} refused`] : []),
    ...(tier.unwritten > 0 ? [`${count(tier.unwritten)} to be written`] : []),
    ...(tier.givenUp > 0 ? [`${count(tier.givenUp)} given up`] : []),
  ];
  return ['tier', tier.name, tier.isUp ? tone('good', 'up') : tone('bad', 'down'), about.join(', ')];
}

function busRow(bus: WireBus): string[] {
  const about = [
    bus.peers === 1 ? '1 other service' : `${count(bus.peers)} other services`,
    `lag ${milliseconds(bus.lagMs)}`,
    `${count(bus.messages)} messages told, ${count(bus.received)} heard`,
    `${count(bus.gaps)} gaps, ${count(bus.replays)} filled`,
    ...(bus.waiting > 0 ? [`${count(bus.waiting)} changes waiting`] : []),
    ...(bus.errors > 0 ? [`${count(bus.errors)} failed`] : []),
  ];
  return ['bus', bus.name, bus.state === 'live' ? tone('good', bus.state) : tone('bad', bus.state), about.join(', ')];
}

const HEALTH_TONES: Readonly<Record<WireStats['health']['status'], Tone>> = { ok: 'good', degraded: 'warn', suspect: 'bad' };

/** Nothing is said of what is well. */
function healthOf({ status, reasons }: WireStats['health']): string {
  return status === 'ok'
    ? ''
    : columns([[tone(HEALTH_TONES[status], status), reasons[0] ?? ''], ...reasons.slice(1).map((reason) => ['', reason])]);
}

const KIND_HEAD = ['kind', 'hit ratio', 'requests', 'hits', 'stale', 'misses', 'errors', 'loads', 'load time', 'entries'];

function kindRow(kind: WireKind): string[] {
  const counts = [kind.requests, kind.hits, kind.stale, kind.misses, kind.errors, kind.loads].map(count);
  return [kind.name, percent(kind.hitRatio), ...counts, milliseconds(kind.meanLoadMs), count(kind.entries)];
}
