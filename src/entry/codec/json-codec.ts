import { isUtf8 } from 'node:buffer';
import { ValueError } from '../../errors.ts';
import { MAX_DEPTH } from './cbor.ts';
import type { Codec } from './codec.ts';
import { isPlainArray, isPlainRecord } from './plain.ts';
import { nameStep, Refusal, refuse, refuseDepth, refuseHole, toValueError, under } from './refusal.ts';

/**
 * JSON, for who wants to read what is kept.
 *
 * It keeps what JSON can say and refuses what JSON would lose or change without a
 * word: undefined, NaN and the infinities, −0, bigints, Dates, Maps, Sets and
 * bytes. The binary codec keeps those.
 */
class JsonCodec implements Codec {
  readonly id = 2;
  readonly name = 'json';

  encode(value: unknown): Uint8Array {
    try {
      assertKept(value, 0);
    } catch (cause) {
      throw toValueError(cause);
    }
    return Buffer.from(JSON.stringify(value));
  }

  decode(bytes: Uint8Array): unknown {
    if (!isUtf8(bytes)) throw new ValueError('The bytes are no UTF-8', '$');
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    } catch (cause) {
      throw new ValueError('The bytes are no JSON', '$', { cause });
    }
    try {
      assertKept(value, 0);
    } catch (cause) {
      throw toValueError(cause);
    }
    return value;
  }
}

/** The codec that writes JSON. */
export const jsonCodec: Codec = new JsonCodec();

/** Throws a refusal unless JSON gives `value` back as it is; @param depth how many containers it stands in. */
function assertKept(value: unknown, depth: number): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value) || Object.is(value, -0)) throw unkept(Object.is(value, -0) ? '−0' : String(value));
      return;
    case 'undefined':
      throw unkept('undefined');
    case 'bigint':
      throw unkept('a bigint');
    case 'object':
      if (value !== null) assertContainerKept(value, depth);
      return;
    default:
      throw refuse(value);
  }
}

function assertContainerKept(value: object, depth: number): void {
  if (depth >= MAX_DEPTH) throw refuseDepth(MAX_DEPTH);
  if (isPlainArray(value)) assertItemsKept(value, depth);
  else if (isPlainRecord(value)) assertPropertiesKept(value, depth);
  else throw refuse(value);
}

function assertItemsKept(items: readonly unknown[], depth: number): void {
  let i = 0;
  try {
    for (; i < items.length; i++) {
      if (!(i in items)) throw refuseHole();
      assertKept(items[i], depth + 1);
    }
  } catch (cause) {
    throw under(cause, `[${i}]`);
  }
}

function assertPropertiesKept(record: Readonly<Record<string, unknown>>, depth: number): void {
  let name = '';
  try {
    for (name of Object.keys(record)) assertKept(record[name], depth + 1);
  } catch (cause) {
    throw under(cause, nameStep(name));
  }
}

function unkept(what: string): Refusal {
  return new Refusal(`JSON cannot keep ${what}; use the binary codec, or give null or a text`);
}
