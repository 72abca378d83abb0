import { onTestFinished } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { RecordingListener } from '../../src/testing/recording-listener.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';

/** What is to come comes within so many milliseconds. */
const SOON_MS = 15_000;

/** A bus over a real server, and what it told. */
export interface Peer<B extends Bus, Warning> {
  readonly bus: B;
  readonly heard: RecordingListener;
  readonly warnings: Warning[];
}

/** Does something when the test is over; tests that run side by side have each their own. */
export type Later = (action: () => Promise<void>) => void;

/** A server that goes with the test. */
export async function lent<S extends AsyncDisposable>(starting: Promise<S>, later: Later = onTestFinished): Promise<S> {
  const server = await starting;
  later(async () => server[Symbol.asyncDispose]());
  return server;
}

/** A bus that has begun to connect, and is closed with the test. */
export function peerOf<B extends Bus, Warning>(
  make: (onWarning: (warning: Warning) => void) => B,
  later: Later = onTestFinished,
): Peer<B, Warning> {
  const warnings: Warning[] = [];
  const bus = make((warning) => warnings.push(warning));
  later(async () => bus[Symbol.asyncDispose]());
  const heard = new RecordingListener();
  bus.listen(heard);
  return { bus, heard, warnings };
}

/** The peer, once it is connected. */
export async function connected<P extends Pick<Peer<Bus, unknown>, 'heard'>>(peer: P): Promise<P> {
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
export async function calm(...peers: readonly Peer<Bus, unknown>[]): Promise<void> {
  const sent = peers.map(({ heard }, at) => Buffer.from(`calm ${at} ${heard.beats.length}`));
  await Promise.all(peers.map(({ bus }, at) => bus.beat(sent[at] ?? Buffer.alloc(0))));
  await soon(() => peers.every(({ heard }, at) => heard.beats.some((beat) => sent[at]?.equals(beat))));
}

/** A message or a beat, of text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
