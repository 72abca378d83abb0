import type { RedisConnection } from '../../redis/redis-connection.ts';
import { type Verdict, type Write, writeConditionally } from './conditional-write.ts';
import { placesBySlot } from './redis-parts.ts';

/** A call of the script writes so many keys, and so many bytes, so that others need not wait for it: a millisecond or so. */
const MAX_WRITES_PER_CALL = 256;
const MAX_BYTES_PER_CALL = 1_024 * 1_024;

/** A write that waits for its turn, and who is told of it. */
export interface AskedWrite extends Write {
  /** Whether Redis should take it even when it has no memory left. */
  readonly isSmall: boolean;
  /** @param replacedStub the stub that stood there before, if one did. */
  readonly done: (verdict: Verdict, replacedStub: Buffer | undefined) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Writes to single keys, gathered: those asked for by one callback of the event
 * loop, and by all that it resolves, go out together, in few calls of the script.
 */
export class GatheredWrites {
  readonly #connection: RedisConnection;
  readonly #onCallFailed: () => void;
  #asked: AskedWrite[] = [];

  readonly #send = (): void => {
    const asked = this.#asked;
    this.#asked = [];
    const redisKeys = asked.map(({ redisKey }) => redisKey);
    for (const [slot, places] of placesBySlot(this.#connection, redisKeys)) {
      const writes = places.map((place) => asked[place]).filter((write) => write !== undefined);
      for (const call of calls(writes)) void this.#call(slot, call);
    }
  };

  constructor(connection: RedisConnection, onCallFailed: () => void) {
    this.#connection = connection;
    this.#onCallFailed = onCallFailed;
  }

  write(write: AskedWrite): void {
    if (this.#asked.push(write) === 1) process.nextTick(this.#send);
  }

  /** Never rejects. */
  async #call(slot: number, writes: readonly AskedWrite[]): Promise<void> {
    try {
      const { verdicts, replacedStubs } = await writeConditionally(this.#connection, slot, writes, writes[0]?.isSmall === true);
      for (const [n, { done }] of writes.entries()) done(verdicts[n] ?? 'newer', replacedStubs.get(n));
    } catch (error) {
      this.#onCallFailed();
      for (const { failed } of writes) failed(error);
    }
  }
}

/** The writes in calls, in their order; those that need no room stand apart. */
function* calls(writes: readonly AskedWrite[]): Generator<AskedWrite[]> {
  let call: AskedWrite[] = [];
  let bytes = 0;
  for (const write of writes) {
    const isFull = call.length === MAX_WRITES_PER_CALL || bytes + write.bytes.length > MAX_BYTES_PER_CALL;
    if (call.length > 0 && (isFull || call[0]?.isSmall !== write.isSmall)) {
      yield call;
      call = [];
      bytes = 0;
    }
    call.push(write);
    bytes += write.bytes.length;
  }
  if (call.length > 0) yield call;
}
