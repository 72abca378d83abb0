import type { RedisConnection } from '../../redis/redis-connection.ts';
import { Script } from '../../redis/script.ts';
import type { Leases } from '../leases.ts';
import { asTierError, placesBySlot } from './redis-parts.ts';

/** Takes each lease that is free or the holder's own; tells for each what is left of another's. */
const ACQUIRE = new Script(`
local left = {}
for n = 1, #KEYS do
  local holder = redis.call('GET', KEYS[n])
  local ms = holder and holder ~= ARGV[1] and redis.call('PTTL', KEYS[n]) or 0
  if ms <= 0 then
    redis.call('SET', KEYS[n], ARGV[1], 'PX', ARGV[2])
    ms = 0
  end
  left[n] = ms
end
return left
`);

const RELEASE = new Script(`
for n = 1, #KEYS do
  if redis.call('GET', KEYS[n]) == ARGV[1] then redis.call('DEL', KEYS[n]) end
end
return 0
`);

/** Leases in Redis, under keys of their own; Redis ends them. */
export class RedisLeases implements Leases {
  readonly #connection: RedisConnection;
  readonly #keyOf: (key: string) => string;
  readonly #assertOpen: () => void;

  /** @param keyOf the key of Redis for the lease of a key; @param assertOpen throws when the tier is closed. */
  constructor(connection: RedisConnection, keyOf: (key: string) => string, assertOpen: () => void) {
    this.#connection = connection;
    this.#keyOf = keyOf;
    this.#assertOpen = assertOpen;
  }

  async acquire(keys: readonly string[], holder: string, ttlMs: number): Promise<number[]> {
    const left: number[] = new Array(keys.length).fill(0);
    await this.#onEachSlot(keys, async (slot, places, redisKeys) => {
      const reply = await ACQUIRE.run(this.#connection, slot, redisKeys, [holder, String(Math.max(1, Math.ceil(ttlMs)))]);
      const answers = Array.isArray(reply) ? reply : [];
      for (const [n, place] of places.entries()) left[place] = Number(answers[n] ?? 0);
    });
    return left;
  }

  async release(keys: readonly string[], holder: string): Promise<void> {
    await this.#onEachSlot(keys, async (slot, _places, redisKeys) => {
      await RELEASE.run(this.#connection, slot, redisKeys, [holder]);
    });
  }

  async #onEachSlot(
    keys: readonly string[],
    action: (slot: number, places: readonly number[], redisKeys: readonly string[]) => Promise<void>,
  ): Promise<void> {
    this.#assertOpen();
    const redisKeys = keys.map(this.#keyOf);
    const groups = placesBySlot(this.#connection, redisKeys);
    try {
      await Promise.all(
        Array.from(groups, ([slot, places]) =>
          action(
            slot,
            places,
            places.map((place) => redisKeys[place] ?? ''),
          ),
        ),
      );
    } catch (cause) {
      throw asTierError(cause);
    }
  }
}
