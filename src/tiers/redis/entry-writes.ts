import type { SealedEntry } from '../../entry/entry.ts';
import { peekHeader } from '../../entry/envelope-header.ts';
import type { Verdict } from './conditional-write.ts';
import { GatheredWrites } from './gathered-writes.ts';
import { LARGE_VALUE_BYTES } from './large-values.ts';
import { expiryOf, stubOf, versionIn } from './redis-layout.ts';
import { asTierError, type RedisParts } from './redis-parts.ts';

/** Writes of entries and tombstones, each unless a newer one is there. */
export class EntryWrites {
  readonly #parts: RedisParts;
  readonly #maxValueBytes: number;
  readonly #gathered: GatheredWrites;
  readonly #underWay = new Set<Promise<unknown>>();
  #errors = 0;
  #refused = 0;

  constructor(parts: RedisParts, maxValueBytes: number) {
    this.#parts = parts;
    this.#maxValueBytes = maxValueBytes;
    this.#gathered = new GatheredWrites(parts.connection, () => {
      this.#errors += 1;
    });
  }

  get counts(): { readonly pendingWrites: number; readonly writeErrors: number; readonly refused: number } {
    return { pendingWrites: this.#underWay.size, writeErrors: this.#errors, refused: this.#refused };
  }

  /** Stores entries; tells in order which were stored. */
  write(entries: readonly SealedEntry[]): Promise<boolean[]> {
    return this.#track(
      entries.map((entry) => {
        const isFitting = entry.bytes.length <= this.#maxValueBytes && peekHeader(entry.bytes) !== undefined;
        if (isFitting)
          return entry.bytes.length > LARGE_VALUE_BYTES ? this.#writeLarge(entry) : this.#put(entry, asBuffer(entry.bytes), false);
        this.#refused += 1;
        return Promise.resolve<Verdict>('newer');
      }),
    ).then((verdicts) => verdicts.map((verdict) => verdict === 'stored'));
  }

  /** Stores tombstones, even where no memory is left. */
  async bury(tombstones: readonly SealedEntry[]): Promise<void> {
    await this.#track(tombstones.map((tombstone) => this.#put(tombstone, asBuffer(tombstone.bytes), true)));
  }

  /** Resolves when every write asked for so far has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#underWay]);
  }

  #track(writes: readonly Promise<Verdict>[]): Promise<Verdict[]> {
    const all = Promise.all(writes).catch((cause) => {
      throw asTierError(cause);
    });
    const end = (): void => void this.#underWay.delete(all);
    this.#underWay.add(all);
    all.then(end, end);
    return all;
  }

  #put({ key, deadAt }: SealedEntry, bytes: Buffer, isSmall: boolean): Promise<Verdict> {
    const { layout, large, clock } = this.#parts;
    return new Promise((resolve, reject) => {
      this.#gathered.write({
        redisKey: layout.entryKey(key),
        bytes,
        expiry: expiryOf(deadAt, clock.now()),
        isSmall,
        done: (verdict, replacedStub) => {
          if (replacedStub) large.remove(key, versionIn(replacedStub));
          resolve(verdict);
        },
        failed: reject,
      });
    });
  }

  /** The value first, so that no stub stands for what is not there yet. */
  async #writeLarge(entry: SealedEntry): Promise<Verdict> {
    const { large, clock } = this.#parts;
    const bytes = asBuffer(entry.bytes);
    try {
      await large.write(entry, bytes, expiryOf(entry.deadAt, clock.now()));
    } catch (cause) {
      this.#errors += 1;
      throw cause;
    }
    const verdict = await this.#put(entry, stubOf(bytes), false);
    if (verdict === 'newer') large.remove(entry.key, entry.version);
    return verdict;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
