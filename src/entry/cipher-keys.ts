import { createSecretKey, type KeyObject } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { readKeyFile } from './key-file.ts';

/** A key of 32 random bytes, and the number by which what it encrypted names it. */
export interface EncryptionKey {
  /** From 1 to 255; a number is never given to another key as long as entries of the first may be stored. */
  readonly id: number;
  /** 32 bytes; as text in base64, as `openssl rand -base64 32` prints them, or in hex. */
  readonly key: Uint8Array | string;
}

/**
 * Where the keys of a ring come from: keys, or text such as `2:BASE64,1:BASE64`, or a
 * file that holds such text, by lines if it likes, or JSON. The first one writes; all read.
 */
export type KeySource = EncryptionKey | readonly EncryptionKey[] | string | { readonly file: string };

/** A key that was checked. */
export interface CipherKey {
  readonly id: number;
  readonly secret: KeyObject;
}

const KEY_BYTES = 32;
const MAX_ID = 255;
const HEX = /^[0-9a-f]{64}$/i;
/** 43 letters are 32 bytes, with or without the sign that fills the last group; of both alphabets. */
const BASE64 = /^(?:[A-Za-z0-9+/]{43}|[A-Za-z0-9_-]{43})=?$/;
const MAKE_ONE = 'make one with `openssl rand -base64 32`';

/**
 * The keys of a source, checked, the one that writes first.
 *
 * @throws ConfigError that names a key by its id or its place, and never shows any of it.
 */
export function readKeys(source: KeySource, onWarning: (message: string) => void): CipherKey[] {
  const given = keysOf(source, onWarning);
  if (given.length === 0) throw new ConfigError(`There is no encryption key; ${MAKE_ONE} and give it as 1:…`);
  const keys = given.map(checked);
  for (const [at, { id, secret }] of keys.entries()) {
    for (const other of keys.slice(0, at)) {
      if (other.id === id) throw new ConfigError(`Two encryption keys have the id ${id}; give each its own`);
      // Two counts of messages for one key would each stay below a limit that their sum passes.
      if (other.secret.equals(secret)) throw new ConfigError(`The encryption keys ${other.id} and ${id} are the same; leave one out`);
    }
  }
  return keys;
}

function keysOf(source: KeySource, onWarning: (message: string) => void): readonly unknown[] {
  if (typeof source === 'string') return fromText(source);
  if (isList(source)) return source;
  if (typeof source === 'object' && source !== null && 'file' in source) return fromText(readKeyFile(source.file, onWarning));
  return [source];
}

function fromText(text: string): readonly unknown[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[') || trimmed.startsWith('{')) return fromJson(trimmed);
  return trimmed
    .split(/[\n,]/)
    .map((part) => part.replace(/#.*/, '').trim())
    .filter((part) => part !== '')
    .map((part, at) => {
      const [, id, key] = /^(\d{1,3})\s*:\s*(\S+)$/.exec(part) ?? [];
      if (key === undefined) throw new ConfigError(`${placed(at)} has not the form id:key; write 1:… with 32 bytes in base64`);
      return { id: Number(id), key };
    });
}

function fromJson(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return isList(parsed) ? parsed : [parsed];
  } catch {
    // The parser's own message quotes what it read.
    throw new ConfigError('The encryption keys begin as JSON and are none; write [{ "id": 1, "key": "…" }]');
  }
}

function checked(given: unknown, at: number): CipherKey {
  const { id, key } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Record<keyof EncryptionKey, unknown>>;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > MAX_ID)
    throw new ConfigError(`${placed(at)} has no id; give a whole number from 1 to ${MAX_ID}`);
  const bytes = bytesOf(key);
  if (!bytes) throw new ConfigError(`The encryption key ${id} is not text in base64 or hex, of ${KEY_BYTES} bytes; ${MAKE_ONE}`);
  if (bytes.length !== KEY_BYTES)
    throw new ConfigError(`The encryption key ${id} has ${bytes.length} bytes and must have ${KEY_BYTES}; ${MAKE_ONE}`);
  if (bytes.every((byte) => byte === bytes[0])) throw new ConfigError(`The encryption key ${id} is one byte over and over; ${MAKE_ONE}`);
  return { id, secret: createSecretKey(bytes) };
}

function bytesOf(key: unknown): Uint8Array | undefined {
  if (key instanceof Uint8Array) return key;
  if (typeof key !== 'string') return undefined;
  const text = key.trim();
  if (HEX.test(text)) return Buffer.from(text, 'hex');
  return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function placed(at: number): string {
  return `The encryption key at place ${at + 1}`;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
