import { mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type BusReport, probeBus } from '../bus/bus-probe.ts';
import { lookAtNats, type StreamReport } from '../bus/nats/nats-look.ts';
import { chance } from '../time/chance.ts';
import { systemClock } from '../time/clock.ts';
import { durationText, toMs } from '../time/duration.ts';
import { busNameOf } from './bus-choice.ts';
import { nearestThere } from './check-up.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { longestLifeMs } from './kinds.ts';
import { makeBus } from './make-bus.ts';
import { type NatsSettings, natsOptionsOf } from './nats-settings.ts';
import type { Settings } from './settings.ts';

/** Each step of a probe may take so long. */
const STEP_MS = 4_000;
/** Of signs of life: within so many of them, every other service has given one. */
const BEATS_LISTENED = 2.5;
/** Others are listened for no longer than this, however seldom they give signs of life. */
const MAX_LISTEN_MS = 5_000;

/** Whether services keep in step over what the settings choose: tried by connecting, sending and hearing, without telling others anything. */
export async function checkBus(settings: Settings): Promise<readonly Finding[]> {
  const name = busNameOf(settings);
  if (name === 'none') {
    const detail = 'none: what other services write is seen when entries in memory end';
    return [
      settings.cache.enabled && settings.redis ? warn('bus', detail, 'set bus to auto where several services run') : ok('bus', detail),
    ];
  }
  if (name !== 'lmdb') return [told(name, await probed(settings))];
  const store = resolve(settings.cache.store ?? '.');
  const isThere = await stat(store).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isThere) return [told(name, await probed(settings))];
  // What is not there yet is not made by looking at it.
  const folder = await mkdtemp(join(await nearestThere(dirname(store)), '.tiercel-doctor-'));
  try {
    return [told(name, await probed({ ...settings, cache: { ...settings.cache, store: folder } }))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function probed(settings: Settings): Promise<BusReport & { readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  // The stream is looked at by itself, and not made by looking.
  const quiet: Settings = settings.nats ? { ...settings, nats: { ...settings.nats, jetstream: 'off' } } : settings;
  const bus = makeBus(quiet, { clock: systemClock, onWarning: ({ message }) => warnings.push(message) });
  if (!bus) return { failure: 'there is none', roundTripMs: -1, peers: 0, warnings };
  const listenMs = Math.min(toMs(settings.coherence.heartbeat) * BEATS_LISTENED, MAX_LISTEN_MS);
  return { ...(await probeBus(bus, { clock: systemClock, random: chance, deadlineMs: STEP_MS, listenMs })), warnings };
}

const ADVICE = {
  lmdb: 'look at the disk of the store, and at the limits of this user (ulimit -a)',
  redis: 'see what is said of redis; the user needs the rights that docs/coherence.md lists',
  nats: 'start it, mend NATS_URL, or give the user the rights that docs/nats.md lists',
} as const;

function told(name: keyof typeof ADVICE, { failure, roundTripMs, peers, warnings }: Awaited<ReturnType<typeof probed>>): Finding {
  if (failure !== undefined) {
    const reason = failure.replace('no connection: ', '');
    const more = warnings.filter((warning) => !failure.includes(warning) && !warning.includes(reason));
    return fail('bus', [`${name}: ${failure}`, ...more].join('; '), ADVICE[name]);
  }
  const others = peers === 0 ? 'no other service is on it' : `${peers} other ${peers === 1 ? 'service is' : 'services are'} on it`;
  const detail = `${name}: a message comes back within ${Math.max(0.1, roundTripMs).toFixed(1)} ms, ${others}`;
  return warnings.length > 0 ? warn('bus', `${detail}; ${warnings.join('; ')}`, ADVICE[name]) : ok('bus', detail);
}

/** Whether a server of NATS takes us, and whether its stream keeps messages for long enough. */
export async function checkNats(settings: NatsSettings, all: Settings): Promise<readonly Finding[]> {
  const { failure, version, pingMs = 0, stream } = await lookAtNats(natsOptionsOf(settings));
  if (failure !== undefined) return [fail('nats', failure, ADVICE.nats)];
  const server = ok('nats', `answers within ${pingMs.toFixed(1)} ms, version ${version}`);
  if (!stream) return [server, ok('nats stream', 'switched off: who misses something drops what memory has')];
  return [server, streamFinding(stream, settings.jetstream === 'required', longestLifeMs(all))];
}

function streamFinding(stream: StreamReport, isRequired: boolean, longestMs: number): Finding {
  const { name, state, trouble, maxAgeMs, messages, differences } = stream;
  if (state === 'useless') {
    const advice = 'switch JetStream on and let the user have it (docs/nats.md); without it, who misses something drops what memory has';
    return isRequired ? fail('nats stream', trouble, advice) : warn('nats stream', trouble, advice);
  }
  const kept = maxAgeMs === 0 ? 'without end' : `for ${durationText(maxAgeMs)}`;
  const detail =
    state === 'absent'
      ? `${name} will be made at the first start, to keep messages ${kept}`
      : `${name} keeps messages ${kept}, ${messages} now`;
  if (maxAgeMs > 0 && maxAgeMs < longestMs) {
    const advice = `set nats.stream.maxAge to ${durationText(longestMs)} and delete the stream: who was away for longer drops what memory has`;
    return warn('nats stream', `${detail}; entries live for up to ${durationText(longestMs)}`, advice);
  }
  if (differences.length > 0) return warn('nats stream', `${detail}; ${differences.join(', ')}`, 'mend nats.stream, or the stream');
  return ok('nats stream', detail);
}
