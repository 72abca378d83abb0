import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { KeySource } from '../../src/entry/cipher-keys.ts';
import { KeyRing, keyRing } from '../../src/entry/key-ring.ts';
import { ConfigError } from '../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'tiercel-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = randomBytes(32);
const base64 = bytes.toString('base64');
const other = randomBytes(32).toString('base64');
const BOUND = Buffer.from('bound');

/** Encrypts a text with the key that writes. */
function encrypted(ring: KeyRing, text: string): { id: number; packed: Uint8Array } {
  const packed = new Uint8Array(28 + text.length);
  const id = ring.writingId;
  ring.encryptInto(packed, 0, Buffer.from(text), BOUND);
  return { id, packed };
}

function decrypted(ring: KeyRing, { id, packed }: { id: number; packed: Uint8Array }): string | undefined {
  const plain = ring.decrypt(id, packed, BOUND);
  return plain && Buffer.from(plain).toString();
}

function fileOf(text: string, mode = 0o600): { readonly file: string } {
  const file = join(folder, `keys-${Math.random()}`);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return { file };
}

function refusal(source: unknown): string {
  try {
    keyRing(source as KeySource);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).cause).toBeUndefined();
    return (error as Error).message;
  }
  throw new Error('The keys were taken');
}

describe('a ring of keys', () => {
  test.each<[string, KeySource]>([
    ['a key of bytes', { id: 3, key: bytes }],
    ['a key in base64', [{ id: 3, key: base64 }]],
    ['a key in base64 for addresses', [{ id: 3, key: bytes.toString('base64url') }]],
    ['a key in hex', [{ id: 3, key: bytes.toString('hex') }]],
    ['text', `3:${base64},1:${other}`],
    ['text with blanks', ` 3 : ${base64} , 1:${other},`],
    ['a file of lines', fileOf(`# the new one\n3:${base64} # of May\n\n1:${other}\n`)],
    ['a file of JSON', fileOf(JSON.stringify([{ id: 3, key: base64 }]))],
    ['a file of one key in JSON', fileOf(JSON.stringify({ id: 3, key: base64 }))],
  ])('is made of %s', (_, source) => {
    const ring = keyRing(source);
    expect(ring.writingId).toBe(3);
    expect(decrypted(keyRing({ id: 3, key: bytes }), encrypted(ring, 'AAPL'))).toBe('AAPL');
  });

  test.each<[string, unknown, string]>([
    ['nothing', '', 'There is no encryption key; make one with `openssl rand -base64 32`'],
    ['no list', [], 'There is no encryption key'],
    ['something else', 5, 'at place 1 has no id'],
    ['nobody', undefined, 'at place 1 has no id'],
    ['a text without id', base64, 'at place 1 has not the form id:key'],
    ['a text whose second has none', `1:${base64},${other}`, 'at place 2 has not the form id:key'],
    ['the id 0', { id: 0, key: bytes }, 'give a whole number from 1 to 255'],
    ['the id 256', `256:${base64}`, 'give a whole number from 1 to 255'],
    ['half an id', { id: 1.5, key: bytes }, 'give a whole number from 1 to 255'],
    ['31 bytes', { id: 9, key: bytes.subarray(1) }, 'The encryption key 9 has 31 bytes and must have 32'],
    ['a short text', '9:c2hvcnQ=', 'The encryption key 9 is not text in base64 or hex, of 32 bytes'],
    ['a word', { id: 9, key: 'password' }, 'The encryption key 9 is not text in base64 or hex'],
    ['zeros', { id: 9, key: new Uint8Array(32) }, 'The encryption key 9 is one byte over and over'],
    ['an id twice', `1:${base64},1:${other}`, 'Two encryption keys have the id 1'],
    ['a key twice', `1:${base64},2:${base64}`, 'The encryption keys 1 and 2 are the same'],
    ['half of JSON', `[{"id":1,"key":"${base64}"`, 'begin as JSON and are none'],
  ])('is not made of %s, and the error shows no key', (_, source, message) => {
    const told = refusal(source);
    expect(told).toContain(message);
    for (const secret of [base64, other, 'password', 'c2hvcnQ']) expect(told).not.toContain(secret.slice(0, 8));
  });

  test('is not made of a file that is missing, a folder, too long, or open to be written', () => {
    const missing = join(folder, 'none');
    expect(() => keyRing({ file: missing })).toThrow(/none cannot be read: ENOENT/);
    mkdirSync(join(folder, 'folder'));
    expect(refusal({ file: join(folder, 'folder') })).toContain('is no file');
    expect(refusal(fileOf('#'.repeat(70_000)))).toContain('which no keys have');
    expect(refusal(fileOf(`1:${base64}`, 0o602))).toMatch(/can be written by everybody; run: chmod 600/);
  });

  test('is made of a file that everybody may read, as secrets are mounted, and warns', () => {
    const warnings: string[] = [];
    const onWarning = (message: string): void => void warnings.push(message);
    keyRing(fileOf(`1:${base64}`, 0o644), { onWarning });
    keyRing(fileOf(`1:${base64}`, 0o440), { onWarning });
    expect(warnings).toEqual([expect.stringMatching(/can be read by everybody on this machine; run: chmod 600/)]);
  });

  test('knows its options', () => {
    expect(() => keyRing(`1:${base64}`, { fill: () => {} } as object)).toThrow('`keyRing` knows no "fill"');
  });

  test('shows no key to who prints it', () => {
    const ring = keyRing(`1:${base64}`);
    const shown = `${inspect(ring, { depth: 9, showHidden: true })} ${JSON.stringify(ring)} ${String(ring)} ${JSON.stringify(ring.usage())}`;
    for (const secret of [base64, bytes.toString('hex'), [...bytes.subarray(0, 4)].join(', ')]) expect(shown).not.toContain(secret);
  });

  test('never draws a nonce twice', () => {
    const ring = keyRing(`1:${base64}`);
    const nonces = new Set(Array.from({ length: 2_000 }, () => Buffer.from(encrypted(ring, 'x').packed.subarray(0, 12)).toString('hex')));
    expect(nonces.size).toBe(2_000);
  });
});

describe('keys are exchanged', () => {
  test('by a new one that writes; those there were go on reading', () => {
    const ring = keyRing({ id: 1, key: bytes });
    const before = encrypted(ring, 'before');
    ring.rotate(`2:${other}`);
    expect(ring.ids).toEqual([2, 1]);
    expect(encrypted(ring, 'after').id).toBe(2);
    expect(decrypted(ring, before)).toBe('before');
    ring.rotate({ id: 1, key: bytes });
    expect(ring.ids).toEqual([1, 2]);
  });

  test('all at once; what the new ones do not know cannot be read any more', () => {
    const ring = keyRing({ id: 1, key: bytes });
    const before = encrypted(ring, 'before');
    ring.use(`2:${other},1:${base64}`);
    expect(decrypted(ring, before)).toBe('before');
    ring.use(`2:${other}`);
    expect(decrypted(ring, before)).toBeUndefined();
    expect(ring.ids).toEqual([2]);
  });

  test.each<[string, (ring: KeyRing) => void, string]>([
    ['that are none', (ring) => ring.use('1:x'), 'The encryption key 1 is not text'],
    ['of an id that was another’s', (ring) => ring.use(`1:${other}`), 'The encryption key 1 was another until now'],
    ['of an id that is another’s', (ring) => ring.rotate(`1:${other}`), 'The encryption key 1 was another until now'],
    ['that are there under another id', (ring) => ring.rotate(`2:${base64}`), 'The encryption key 2 is the key 1 again'],
  ])('not by keys %s: the ring stays as it was', (_, exchange, message) => {
    const ring = keyRing(`1:${base64},5:${randomBytes(32).toString('base64')}`);
    expect(() => exchange(ring)).toThrow(message);
    expect(ring.ids).toEqual([1, 5]);
    expect(ring.writingId).toBe(1);
  });

  test('and their counts go on', () => {
    const warnings: string[] = [];
    const ring = new KeyRing({ id: 1, key: bytes }, { rotateAfter: 3, onWarning: (message) => warnings.push(message) });
    const first = encrypted(ring, 'a');
    ring.use(`1:${base64},2:${other}`);
    encrypted(ring, 'b');
    expect(warnings).toEqual([]);
    encrypted(ring, 'c');
    encrypted(ring, 'd');
    expect(warnings).toEqual([expect.stringContaining('The encryption key 1 has encrypted 3 messages')]);
    decrypted(ring, first);
    expect(ring.usage()).toEqual([
      { id: 1, isWriting: true, encrypted: 4, decrypted: 1, isWornOut: true },
      { id: 2, isWriting: false, encrypted: 0, decrypted: 0, isWornOut: false },
    ]);
  });
});
