import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type BusMessage, decodeMessage, encodeMessage } from '../../../src/bus/link/bus-message.ts';
import { readable } from '../../fixtures/golden/readable.ts';

const folder = new URL('../../fixtures/golden/bus/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.bin'))
  .map((name) => name.slice(0, -'.bin'.length));

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.bin`, folder)));
}

describe('messages of all versions there were, and of those to come', () => {
  test('are kept', () => {
    expect(names.length).toBeGreaterThanOrEqual(15);
  });

  test.each(names)('are understood as they were: %s', (name) => {
    expect(readable(decodeMessage(bytesOf(name)))).toEqual(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));
  });

  test.each(names.filter((name) => name.startsWith('v1-') && !name.startsWith('v1-later-')))(
    'are said in the same bytes, for those who are not updated yet: %s',
    (name) => {
      expect(encodeMessage(decodeMessage(bytesOf(name)) as BusMessage)).toEqual(bytesOf(name));
    },
  );
});
