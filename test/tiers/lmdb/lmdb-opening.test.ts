import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import type { LmdbWarning } from '../../../src/lmdb/lmdb-warning.ts';
import { processMark } from '../../../src/lmdb/process-mark.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame } from '../../../src/testing/tier-answers.ts';
import type { LmdbOptions } from '../../../src/tiers/lmdb/lmdb-options.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';
import { scratch } from '../../lmdb/scratch.ts';

const folder = scratch();
const ENTRIES = Array.from({ length: 3_000 }, (_, n) => sealedSample(`main:quote:${n}`, { value: 'x'.repeat(n % 700) }));
const KEYS = ENTRIES.map(({ key }) => key);
const PAGE = 4_096;

/** A store that was filled and closed in order. */
async function filled(): Promise<string> {
  const path = folder();
  await using tier = lmdb({ path });
  await tier.setMany(ENTRIES);
  return path;
}

/** Opens a store and sees that it works, whatever stood there before. */
async function opened(path: string, options: LmdbOptions = {}): Promise<{ warnings: LmdbWarning[]; found: number; files: string[] }> {
  const warnings: LmdbWarning[] = [];
  await using tier = lmdb({ path, onWarning: (warning) => warnings.push(warning), ...options });
  const found = (await tier.getMany(KEYS)).filter((bytes) => bytes !== undefined).length;
  const fresh = sealedSample('main:quote:fresh');
  expect(await tier.setMany([fresh])).toStrictEqual([true]);
  assertSame(await tier.getMany([fresh.key]), [fresh.bytes]);
  return { warnings, found, files: readdirSync(path).filter((name) => name.includes('quarantined')) };
}

const dataOf = (path: string): string => join(path, 'entries-1.mdb');

/** Up to the last page that LMDB knows of; after it come pages for later. */
function usedBytes(file: string): number {
  const start = readFileSync(file).subarray(0, 2 * PAGE);
  const lastPages = [0, PAGE].map((page) => Number(start.readBigUInt64LE(page + 144)));
  return (Math.max(...lastPages) + 1) * PAGE;
}

function overwrite(file: string, position: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, position);
  closeSync(descriptor);
}

describe('opening an LmdbTier', () => {
  test('takes a store that was closed in order at once', async () => {
    const path = await filled();
    await using tier = lmdb({ path });
    expect(tier.getMany(KEYS.slice(0, 1))).not.toBeInstanceOf(Promise);
  });

  test('finds all in a store whose process was killed', async () => {
    const path = await filled();
    rmSync(join(path, 'entries-1.closed'));
    expect(await opened(path)).toMatchObject({ found: KEYS.length, warnings: [], files: [] });
  });

  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['a foreign file', (file) => writeFileSync(file, 'name,price\nAAPL,187.25\n'.repeat(5_000))],
    ['a foreign file of a few bytes', (file) => writeFileSync(file, 'hello')],
    ['a file of a later format', (file) => overwrite(file, 28, Uint8Array.of(9, 0, 0, 0))],
    ['a file cut to half', (file) => truncateSync(file, Math.floor(usedBytes(file) / 2 / PAGE) * PAGE)],
    ['a file cut by one byte', (file) => truncateSync(file, usedBytes(file) - 1)],
    ['a file cut to its first page', (file) => truncateSync(file, PAGE)],
    ['a file of zeros', (file) => writeFileSync(file, Buffer.alloc(statSync(file).size))],
    ['a file whose second page is noise', (file) => overwrite(file, PAGE, Buffer.alloc(PAGE, 0xa7))],
    [
      'a file written before the machine last started',
      (file) => overwrite(file, 160, Buffer.alloc(8, 1)) ?? overwrite(file, PAGE + 160, Buffer.alloc(8, 1)),
    ],
  ];
  test.each(damages)('moves %s aside, says so, and starts empty', async (_, damage) => {
    const path = await filled();
    damage(dataOf(path));
    const damaged = readFileSync(dataOf(path));
    const { warnings, found, files } = await opened(path);
    expect(found).toBe(0);
    expect(warnings).toStrictEqual([{ kind: 'quarantined', message: expect.stringContaining(path), movedTo: join(path, files[0] ?? '') }]);
    expect(readFileSync(join(path, files[0] ?? '')).equals(damaged)).toBe(true);
  });

  test('survives pages that were overwritten, wherever they are', async () => {
    const path = await filled();
    const pages = usedBytes(dataOf(path)) / PAGE;
    const sound = readFileSync(dataOf(path));
    for (const [share, byte] of [
      [0.1, 0xff],
      [0.3, 0x00],
      [0.5, 0xa7],
      [0.75, 0x01],
      [0.99, 0x7f],
    ] as const) {
      const damaged = join(folder());
      mkdirSync(damaged);
      writeFileSync(dataOf(damaged), sound);
      for (let page = 0; page < 8; page += 1) {
        overwrite(dataOf(damaged), (2 + Math.floor((pages - 12) * share) + page) * PAGE, Buffer.alloc(PAGE, byte));
      }
      const { found, warnings } = await opened(damaged);
      // Pages that are free may be damaged without loss.
      expect(warnings.length === 0 ? found : 0).toBe(warnings.length === 0 ? KEYS.length : 0);
    }
  });

  test('warns on the process where nobody else is told', async () => {
    const path = folder();
    mkdirSync(path);
    writeFileSync(dataOf(path), 'hello');
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await using tier = lmdb({ path });
    expect(tier.stats.quarantined).toBe(1);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('is foreign and cannot be trusted'), 'TiercelWarning');
    warned.mockRestore();
  });

  test('keeps each file it moved aside', async () => {
    const path = folder();
    mkdirSync(path);
    for (let time = 0; time < 3; time += 1) {
      rmSync(join(path, 'entries-1.closed'), { force: true });
      writeFileSync(dataOf(path), `foreign ${time}`);
      expect((await opened(path)).files).toHaveLength(time + 1);
    }
  });

  test('makes the folder, and the folders above it', async () => {
    const path = join(folder(), 'deep', 'down');
    await using tier = lmdb({ path });
    expect(tier.stats.isOpen).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('refuses a path that is a file, and says what to do', () => {
    const path = folder();
    writeFileSync(path, '');
    expect(() => lmdb({ path })).toThrow(ConfigError);
    expect(() => lmdb({ path })).toThrow(/give `path` a folder that this process may write to/);
  });

  test('refuses a folder it may not write to', () => {
    const path = folder();
    mkdirSync(path);
    chmodSync(path, 0o500);
    // Root may write everywhere, so it is somebody else for a moment.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(() => lmdb({ path })).toThrow(ConfigError);
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(path, 0o700);
    }
  });

  test('refuses options that make no sense', () => {
    expect(() => lmdb({ pth: folder() } as LmdbOptions)).toThrow('`lmdb` knows no "pth"; there are path, maxBytes');
    expect(() => lmdb({ path: folder(), maxBytes: 0 })).toThrow(ConfigError);
    expect(() => lmdb({ path: folder(), tombstoneFor: -1 })).toThrow(ConfigError);
  });

  test('takes over from a process that died while it opened the store', async () => {
    const path = await filled();
    symlinkSync('999999999-1', join(path, 'entries-1.opening'));
    writeFileSync(join(path, 'entries-1.open-999999999-1-0'), '');
    writeFileSync(join(path, 'entries-1.draft-999999999-1-0'), '');
    expect(await opened(path)).toMatchObject({ found: KEYS.length });
    expect(readdirSync(path).sort()).toStrictEqual(['entries-1.closed', 'entries-1.mdb', 'entries-1.mdb-lock']);
  });

  test('waits for a process that is opening the store', async () => {
    const path = await filled();
    symlinkSync(processMark(process.pid) ?? '', join(path, 'entries-1.opening'));
    await using tier = lmdb({ path });
    const answer = tier.getMany(KEYS.slice(0, 1));
    expect(answer).toBeInstanceOf(Promise);
    rmSync(join(path, 'entries-1.opening'));
    assertSame(await answer, [ENTRIES[0]?.bytes]);
  });

  test('opens the store again when its file is moved away, or its folder deleted', async () => {
    const path = await filled();
    const warnings: LmdbWarning[] = [];
    const clock = new FakeClock();
    await using tier = lmdb({ path, clock, onWarning: (warning) => warnings.push(warning) });
    await tier.setMany(ENTRIES.slice(0, 1));
    renameSync(dataOf(path), join(path, 'backup'));
    await clock.advance(2_000);
    expect(tier.stats.reopened).toBe(1);
    const fresh = sealedSample('main:quote:fresh');
    expect(await tier.setMany([fresh])).toStrictEqual([true]);
    expect(existsSync(dataOf(path))).toBe(true);
    expect(warnings.map(({ kind }) => kind)).toStrictEqual(['reopened']);

    rmSync(path, { recursive: true });
    await clock.advance(2_000);
    expect(tier.stats.reopened).toBe(2);
    assertSame(await tier.getMany([fresh.key]), [undefined]);
    expect(await tier.setMany([fresh])).toStrictEqual([true]);
  });

  test.each(['new', 'left by a killed process', 'damaged'])('works for processes that open it at once, when it is %s', async (state) => {
    const path = state === 'new' ? folder() : await filled();
    if (state !== 'new') rmSync(join(path, 'entries-1.closed'));
    if (state === 'damaged') truncateSync(dataOf(path), usedBytes(dataOf(path)) / 2);
    const peers = Array.from({ length: 4 }, () => fork(new URL('./peer.ts', import.meta.url), ['write', path, '50'], { execArgv: [] }));
    const written = await Promise.all(
      peers.map(async (peer) => {
        const [told] = (await once(peer, 'message')) as [{ keys: string[] }];
        await once(peer, 'exit');
        return told.keys;
      }),
    );
    await using tier = lmdb({ path });
    expect((await tier.getMany(written.flat())).filter((bytes) => bytes === undefined)).toStrictEqual([]);
    expect(readdirSync(path).filter((name) => name.includes('quarantined'))).toHaveLength(state === 'damaged' ? 1 : 0);
  });
});
