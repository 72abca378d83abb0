import { onTestFinished } from 'vitest';
import { type RedisBus, redisBus } from '../../../src/bus/redis/redis-bus.ts';
import type { RedisBusOptions, RedisBusWarning } from '../../../src/bus/redis/redis-bus-options.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { RedisServer, type RedisServerOptions } from '../../servers/redis-server.ts';

/** What is to come comes within so many milliseconds. */
const SOON_MS = 15_000;

/** The keys of the channel that is there by default. */
export const NEWS = 'tiercel:~bus:{tiercel}:news';
export const BEATS = 'tiercel:~bus:{tiercel}:beats';

/** A bus, and what it told. */
export interface Peer {
  readonly bus: RedisBus;
  readonly heard: RecordingListener;
  readonly warnings: RedisBusWarning[];
}

/** Does something when the test is over; tests that run side by side have each their own. */
export type Later = (action: () => Promise<void>) => void;

/** A server that goes with the test. */
export async function serverFor(options?: RedisServerOptions, later: Later = onTestFinished): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  later(() => server[Symbol.asyncDispose]());
  return server;
}

/** A bus that has begun to connect, and is closed with the test. */
export function listening(options: RedisBusOptions, later: Later = onTestFinished): Peer {
  const warnings: RedisBusWarning[] = [];
  const bus = redisBus({ onWarning: (warning) => warnings.push(warning), ...options });
  later(() => bus[Symbol.asyncDispose]());
  const heard = new RecordingListener();
  bus.listen(heard);
  return { bus, heard, warnings };
}

/** A bus that is connected, and is closed with the test. */
export async function joined(options: RedisBusOptions, later: Later = onTestFinished): Promise<Peer> {
  const peer = listening(options, later);
  await soon(() => peer.heard.isConnected);
  return peer;
}

export function soon(condition: () => boolean): Promise<void> {
  return waitUntil(condition, SOON_MS);
}

/** As {@link soon}, of what has to be asked for; what fails is asked again. */
export async function answeredSoon(ask: () => Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + SOON_MS;
  while (!(await ask().catch(() => false))) {
    if (performance.now() > endsAt) throw new Error(`Waited for ${SOON_MS} ms, and it has not come: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Resolves when the own beat has come back to each, so that nothing is on its way to any. */
export async function calm(...peers: readonly Peer[]): Promise<void> {
  const sent = peers.map(({ heard }, at) => Buffer.from(`calm ${at} ${heard.beats.length}`));
  await Promise.all(peers.map(({ bus }, at) => bus.beat(sent[at] ?? Buffer.alloc(0))));
  await soon(() => peers.every(({ heard }, at) => heard.beats.some((beat) => sent[at]?.equals(beat))));
}

/** A message or a beat, of text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
