import { describe, expect, test } from 'vitest';
import { OFFSETS } from '../../../src/entry/envelope-header.ts';
import { createCache, type KindOptions, keyRing, kind, type SealedEntry } from '../../../src/index.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const encryption = keyRing({ id: 1, key: Buffer.alloc(32, 'the key 1, which nobody uses yet') });
const text = (length: number): string => 'a tick is a tick is a tick. '.repeat(Math.ceil(length / 28)).slice(0, length);

/** A tier that shows the last entry it was given. */
class LastTier extends MemoryRemoteTier {
  last: SealedEntry | undefined;

  override setMany(entries: readonly SealedEntry[]): Promise<boolean[]> {
    this.last = entries.at(-1);
    return super.setMany(entries);
  }
}

const open = (remote: MemoryRemoteTier, clock: FakeClock, options: KindOptions<string, string>) =>
  createCache({ clock, remote, encryption, kinds: { note: kind<string, string>(options) } });

describe('what a kind says of its bytes', () => {
  test.each<[KindOptions<string, string>, number, boolean]>([
    [{}, 3_000, true],
    [{}, 1_000, false],
    [{ compression: 'none' }, 3_000, false],
    [{ compression: 'deflate' }, 3_000, true],
    [{ compression: { from: 500 } }, 1_000, true],
    [{ compression: { from: '4kb' } }, 3_000, false],
    [{ sensitive: true }, 3_000, true],
    [{ sensitive: true, compression: 'none' }, 3_000, false],
    [{ sensitive: true, codec: 'json', compression: { algorithm: 'deflate', from: 1 } }, 100, true],
  ])('%j, of %d bytes', async (options, length, isCompressed) => {
    const clock = new FakeClock();
    const tier = new LastTier({ clock });
    await open(tier, clock, options).note.set('a', text(length));
    expect((tier.last?.bytes[OFFSETS.compression] ?? 0) > 0).toBe(isCompressed);
    expect(tier.last?.bytes[OFFSETS.cipherKey]).toBe(options.sensitive ? 1 : 0);
    expect(await open(tier, clock, options).note.get('a')).toBe(text(length));
    // How it is written says nothing of what is read.
    expect(await open(tier, clock, { compression: 'none' }).note.get('a')).toBe(text(length));
  });

  test('its largest value is neither sent nor taken, sensitive or not', async () => {
    for (const sensitive of [true, false]) {
      const clock = new FakeClock();
      const tier = new MemoryRemoteTier({ clock });
      await open(tier, clock, { sensitive }).note.set('long', text(50_000));
      await open(tier, clock, { sensitive }).note.set('short', text(900));
      const cache = open(tier, clock, { sensitive, maxValueBytes: '1kb' });
      await expect(cache.note.set('b', text(1_025))).rejects.toThrow('raise `maxValueBytes`');
      expect(await cache.note.get('short')).toBe(text(900));
      expect(await cache.note.get('long')).toBeUndefined();
      expect(cache.stats().tiers[0]?.refused).toBe(1);
    }
  });

  test('a value that another process sent, too long to be sent again, is removed when it is expired', async () => {
    const clock = new FakeClock();
    const tier = new MemoryRemoteTier({ clock });
    await open(tier, clock, {}).note.set('long', text(50_000));
    await clock.advance(1);
    const cache = createCache({ clock, remote: tier, maxValueBytes: '1kb', kinds: { note: kind<string, string>() } });
    await cache.note.expire('long');
    expect(await open(tier, clock, {}).note.get('long', { allowStale: true })).toBeUndefined();
  });

  test('an entry that unpacks to more than it may is left packed', async () => {
    const clock = new FakeClock();
    const tier = new LastTier({ clock });
    await open(tier, clock, { compression: 'deflate' }).note.set('bomb', text(15_000_000));
    expect(tier.last?.bytes.length).toBeLessThan(200_000);
    const cache = open(tier, clock, { maxValueBytes: '1mb' });
    expect(await cache.note.get('bomb')).toBeUndefined();
    expect(cache.stats().tiers[0]?.refused).toBe(1);
  });
});
