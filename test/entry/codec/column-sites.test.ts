import { expect, test } from 'vitest';
import { binaryCodec } from '../../../src/entry/codec/binary-codec.ts';

test('columns of more names than there are places for come back as they were', () => {
  for (let name = 0; name < 80; name += 1) {
    const rows = Array.from({ length: 10 }, (_, at) => ({ [`column ${name}`]: at + name / 7, [`text ${name}`]: `row ${at}` }));
    expect(binaryCodec.decode(binaryCodec.encode(rows))).toEqual(rows);
    const odd = rows.map((row, at) => (at === 9 ? { ...row, [`column ${name}`]: 'no number' } : row));
    expect(binaryCodec.decode(binaryCodec.encode(odd))).toEqual(odd);
  }
});
