import { hash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Memory } from '../cache/memory.ts';
import type { Cancel, Clock } from '../time/clock.ts';
import { SECOND } from '../time/duration.ts';
import { Problem } from './problem.ts';

/** So many are made at once; each costs every read a hash. */
const MOST_RECORDINGS = 4;
/** A reader that is behind by more than this has its recording broken off. */
const MAX_UNREAD_BYTES = 8 * 1_024 ** 2;
/** Lines are sent together, a second's or so many characters. */
const MAX_PENDING_LENGTH = 64 * 1_024;
/** When the service stops, a reader has so long to take what is left. */
const LINGER_MS = SECOND;
/** Of a hash so many characters of base64url are kept: 66 bits. */
const NAME_LENGTH = 11;
const SALT_BYTES = 16;

/** The accesses of memory, written down for those who ask, each in a response of its own. */
export class TraceRecordings {
  readonly #memory: Pick<Memory, 'follow'>;
  readonly #clock: Clock;
  readonly #recordings = new Set<Recording>();
  #isEnding = false;

  constructor(memory: Pick<Memory, 'follow'>, clock: Clock) {
    this.#memory = memory;
    this.#clock = clock;
  }

  /** @throws Problem when as many are made as may be, or the service stops. */
  assertRoom(): void {
    if (this.#isEnding) throw new Problem('ERR_DRAINING', 'The service is stopping; ask again once it has started');
    if (this.#recordings.size < MOST_RECORDINGS) return;
    throw new Problem('ERR_BUSY', `${MOST_RECORDINGS} recordings are made already; wait until one has ended, or end one`);
  }

  /** Writes what happens into a response for so long, unless its reader goes away before. */
  begin(response: ServerResponse, seconds: number): void {
    const recording = new Recording(this.#memory, this.#clock, response, seconds * SECOND);
    this.#recordings.add(recording);
    response.on('close', () => {
      recording.close();
      this.#recordings.delete(recording);
    });
  }

  /** Ends all early, each whole, as the service does when it stops. */
  end(): void {
    this.#isEnding = true;
    for (const recording of this.#recordings) recording.end();
  }
}

/**
 * One recording: lines `key,seconds,bytes`, as a simulation reads them.
 *
 * Keys are hashed with a salt of its own, which nobody is told: equal keys are equal within
 * it, and nothing else can be learned of them. A reader that does not keep up is cut
 * off in the midst of the transfer, so that it knows that something is missing.
 */
class Recording {
  readonly #clock: Clock;
  readonly #response: ServerResponse;
  readonly #salt = randomBytes(SALT_BYTES).toString('hex');
  readonly #startedAt: number;
  readonly #unfollow: () => void;
  readonly #cancelEnd: Cancel;
  #cancelTick: Cancel = () => undefined;
  #cancelLinger: Cancel = () => undefined;
  #pending = '';

  constructor(memory: Pick<Memory, 'follow'>, clock: Clock, response: ServerResponse, durationMs: number) {
    this.#clock = clock;
    this.#response = response;
    this.#startedAt = clock.monotonic();
    this.#unfollow = memory.follow(({ namespace, kind, key, bytes }) => this.#add(`${namespace}\0${kind}\0${key}`, bytes));
    this.#cancelEnd = clock.after(durationMs, () => this.end());
    this.#tick();
  }

  /** Sends what is left, and ends. */
  end(): void {
    if (this.#response.writableEnded) return;
    this.#stop();
    this.#response.end(this.#pending);
    this.#pending = '';
    this.#cancelLinger = this.#clock.after(LINGER_MS, () => this.#response.destroy());
  }

  /** The response is closed: nobody reads any more. */
  close(): void {
    this.#stop();
    this.#cancelLinger();
  }

  #stop(): void {
    this.#unfollow();
    this.#cancelEnd();
    this.#cancelTick();
  }

  #add(key: string, bytes: number): void {
    const seconds = (this.#clock.monotonic() - this.#startedAt) / SECOND;
    this.#pending += `${hash('sha256', this.#salt + key, 'base64url').slice(0, NAME_LENGTH)},${seconds.toFixed(6)},${bytes}\n`;
    if (this.#pending.length >= MAX_PENDING_LENGTH) this.#send();
  }

  /** Once a second: an empty line where there is nothing else, so that the reader knows that it is not forgotten. */
  #tick(): void {
    this.#cancelTick = this.#clock.after(SECOND, () => this.#tick());
    this.#pending ||= '\n';
    this.#send();
  }

  #send(): void {
    this.#response.write(this.#pending);
    this.#pending = '';
    if (this.#response.writableLength <= MAX_UNREAD_BYTES) return;
    this.#stop();
    this.#response.destroy();
  }
}
