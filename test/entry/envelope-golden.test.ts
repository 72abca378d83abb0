import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtInCodecs } from '../../src/entry/codec/codecs.ts';
import { zstd } from '../../src/entry/compression.ts';
import { open } from '../../src/entry/envelope.ts';
import { peekHeader } from '../../src/entry/envelope-header.ts';
import { readable } from '../fixtures/golden/readable.ts';
import { goldenRing } from '../fixtures/golden/ring.ts';

const folder = new URL('../fixtures/golden/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.bin'))
  .map((name) => name.slice(0, -'.bin'.length));

const keys = goldenRing();

describe('bytes of all format versions there were', () => {
  test('are kept', () => {
    expect(names.length).toBeGreaterThanOrEqual(11);
  });

  test.each(names)('are read as they were: %s', (name) => {
    const bytes = readFileSync(new URL(`${name}.bin`, folder));
    const { key, opened } = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as { key: string; opened: unknown };
    const expected = name.endsWith('-zstd') && !zstd ? 'codec' : opened;
    expect(readable(open(bytes, key, builtInCodecs, { keys }))).toEqual(expected);
    expect(peekHeader(bytes, key)?.isTombstone).toBe(opened === 'tombstone');
    expect(open(bytes, key, builtInCodecs, { keys, isSensitive: true })).toEqual(
      name.endsWith('-encrypted') ? open(bytes, key, builtInCodecs, { keys }) : opened === 'tombstone' ? 'tombstone' : 'cipher',
    );
  });
});
