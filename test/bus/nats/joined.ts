import { onTestFinished } from 'vitest';
import { type NatsBus, nats } from '../../../src/bus/nats/nats-bus.ts';
import type { NatsOptions, NatsWarning } from '../../../src/bus/nats/nats-options.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { NatsServer, type NatsServerOptions } from '../../servers/nats-server.ts';

/** What is to come comes within so many milliseconds. */
const SOON_MS = 10_000;

/** A bus, and what it told. */
export interface Peer {
  readonly bus: NatsBus;
  readonly heard: RecordingListener;
  readonly warnings: NatsWarning[];
}

/** A server that goes with the test. */
export async function serverFor(options?: NatsServerOptions): Promise<NatsServer> {
  const server = await NatsServer.start(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** A bus that has begun to connect, and is closed with the test. */
export function listening(options: NatsOptions): Peer {
  const warnings: NatsWarning[] = [];
  const bus = nats({ onWarning: (warning) => warnings.push(warning), ...options });
  onTestFinished(() => bus[Symbol.asyncDispose]());
  const heard = new RecordingListener();
  bus.listen(heard);
  return { bus, heard, warnings };
}

/** A bus that is connected, and is closed with the test. */
export async function joined(options: NatsOptions): Promise<Peer> {
  const peer = listening(options);
  await soon(() => peer.heard.isConnected);
  return peer;
}

export function soon(condition: () => boolean): Promise<void> {
  return waitUntil(condition, SOON_MS);
}

/** A message or a beat, of text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
