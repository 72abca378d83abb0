import assert from 'node:assert/strict';
import type { Bus } from '../bus/bus.ts';
import type { BusSubject, LogControl, OutageControl } from './bus-subject.ts';
import { RecordingListener } from './recording-listener.ts';

/** What is to come comes within so many milliseconds. */
const WAIT_MS = 10_000;

/** One process on the channel: its bus, connected, and what that told it. */
export interface Peer {
  readonly bus: Bus;
  readonly heard: RecordingListener;
}

/** The processes on the channel of one test. */
export class BusFleet {
  readonly #subject: BusSubject;
  readonly #buses: Bus[] = [];
  readonly #peers: Peer[] = [];
  #beatCount = 0;

  constructor(subject: BusSubject) {
    this.#subject = subject;
  }

  get log(): LogControl {
    return this.#subject.log;
  }

  get outage(): OutageControl {
    return this.#subject.outage;
  }

  /** A bus that does not listen yet. */
  async newcomer(): Promise<Bus> {
    const bus = await this.#subject.connect();
    this.#buses.push(bus);
    return bus;
  }

  /** A process that has just been told that it is connected. */
  async join(heard: RecordingListener = new RecordingListener()): Promise<Peer> {
    const peer = { bus: await this.newcomer(), heard };
    peer.bus.listen(heard);
    await this.until(() => heard.isConnected);
    this.#peers.push(peer);
    return peer;
  }

  /** Three processes. */
  async joinThree(): Promise<[Peer, Peer, Peer]> {
    return [await this.join(), await this.join(), await this.join()];
  }

  until(condition: () => boolean): Promise<void> {
    return this.#subject.until(condition, WAIT_MS);
  }

  /** Resolves when each process has heard its own beat, so that nothing is on its way to any. */
  async calm(peers: readonly Peer[] = this.#peers): Promise<void> {
    await Promise.all(peers.map(({ bus, heard }) => this.#beatBack(bus, heard)));
  }

  async #beatBack(bus: Bus, heard: RecordingListener): Promise<void> {
    const sent = Buffer.from(`calm ${this.#beatCount++}`);
    await bus.beat(sent);
    await this.until(() => heard.beats.some((beat) => sent.equals(beat)));
  }

  /** Closes every bus, and the channel. */
  async close(): Promise<void> {
    for (const bus of this.#buses) await bus[Symbol.asyncDispose]();
    await this.#subject.close();
  }
}

/** Runs a test on a channel of its own, closed afterwards. */
export type BusTest = (fact: string, run: (fleet: BusFleet) => Promise<void>) => void;

/** Publishes texts, each when the one before has been taken. */
export async function publishInTurn({ bus }: Peer, texts: readonly string[]): Promise<void> {
  for (const text of texts) await bus.publish(Buffer.from(text));
}

/** The numbers from 0 up, each behind a name: `a0`, `a1`. */
export function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name}${n}`);
}

/** Asserts that every call of the bus is refused with the code. */
export async function assertRefuses(bus: Bus, code: 'ERR_BUS' | 'ERR_CLOSED'): Promise<void> {
  const bytes = Buffer.from('refused');
  await assert.rejects(bus.publish(bytes), { code });
  await assert.rejects(bus.beat(bytes), { code });
  await assert.rejects(bus.mark(), { code });
  await assert.rejects(bus.replay({ log: 'none', at: '0' }), { code });
}
