import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { readTrace } from '../../src/simulator/trace-reader.ts';
import { scratch } from '../integration/child-service.ts';

const LINES = 'AAPL,10,100\nMSFT,11,200\n\nAAPL,12.5,100\n';

const folder = scratch();
afterAll(() => folder.remove());

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  return path;
}

describe('a trace is read', () => {
  test.each([
    ['as it is', 'trace.txt', LINES],
    ['with the line ends of Windows', 'trace.csv', LINES.replaceAll('\n', '\r\n')],
    ['from gzip', 'trace.txt.gz', gzipSync(LINES)],
    ['from zstd', 'trace.txt.zst', zstdCompressSync(LINES)],
  ])('%s', async (_how, name, content) => {
    const trace = await readTrace(file(name, content));
    expect([trace.name, trace.length, trace.unique]).toEqual([name, 3, 2]);
    expect([...trace.requests]).toEqual([0, 1, 0]);
    expect([...(trace.times ?? [])]).toEqual([10, 11, 12.5]);
    expect([...(trace.sizes ?? [])]).toEqual([100, 200, 100]);
  });

  test('with keys alone, which are texts however much they look like numbers', async () => {
    const trace = await readTrace(file('keys', '9007199254740993\n9007199254740992\n01\n1'));
    expect([trace.unique, trace.times, trace.sizes]).toEqual([4, undefined, undefined]);
  });

  test('when it is long', async () => {
    const keys = Array.from({ length: 50_000 }, (_, at) => `${at % 9_000}`);
    const trace = await readTrace(file('long', keys.join('\n')));
    expect([trace.length, trace.unique, trace.requests[49_999]]).toEqual([50_000, 9_000, 49_999 % 9_000]);
  });
});

describe('what is no trace is refused, and it is said why', () => {
  test.each([
    ['none', undefined, 'cannot be read: ENOENT'],
    ['empty', '\n\n', 'has no requests; write a key on each line'],
    ['uneven', 'a,1\nb\n', 'Line 2 of'],
    ['wide', 'a,1,2,3\n', 'write key, or key,seconds, or key,seconds,bytes'],
    ['words', 'a,soon\n', 'has "soon" where a number is wanted'],
    ['nothing', 'a,\n', 'has "" where a number is wanted'],
    ['negative', 'a,1,-5\n', 'has "-5"'],
    ['broken.gz', 'this is no gzip', 'cannot be read: incorrect header check'],
    ['broken.zst', 'this is no zstd', 'cannot be read'],
    ['cut.gz', gzipSync('a\nb\n'.repeat(5_000)).subarray(0, 40), 'cannot be read: unexpected end of file'],
  ])('%s', async (name, content, says) => {
    const path = content === undefined ? '/nowhere/at-all' : file(name, content);
    const reading = readTrace(path);
    await expect(reading).rejects.toBeInstanceOf(ConfigError);
    await expect(reading).rejects.toThrow(says);
  });
});
