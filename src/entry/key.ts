import { createHash } from 'node:crypto';
import { ConfigError, KeyError } from '../errors.ts';

/**
 * The grammar of keys.
 *
 *     full key   = namespace ":" kind ":" argument
 *     namespace  = name *( "/" name )          ; "main" when none is given
 *     kind       = name | ""                   ; empty for plain keys
 *     name       = 1*64( letter | digit | "_" | "-" | "." )
 *     argument   = 1*1024 bytes of UTF-8, without control characters
 *
 * Names hold no colon, so a full key is taken apart at its first two, and no
 * argument, whatever it holds, can be mistaken for another namespace or kind.
 */

/** An argument may be this many bytes of UTF-8. */
export const MAX_ARGUMENT_BYTES = 1_024;

/**
 * What names a value within its kind: text, a number, a flag, or a list or plain
 * record of such, however deep. Of other objects there is no key: a KeyError says so.
 */
export type KeyArgument = string | number | bigint | boolean | null | object;

const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Throws unless `name` can name a kind. */
export function assertKindName(name: string): void {
  if (!NAME.test(name)) throw new ConfigError(`"${name}" cannot name a kind; use 1 to 64 letters, digits, "_", "-", "."`);
}

/** Throws unless `namespace` is one or more names, with "/" between them. */
export function assertNamespace(namespace: string): void {
  if (typeof namespace !== 'string')
    throw new ConfigError(`The namespace is no text but ${typeof namespace}; give one such as "desk/alpha"`);
  if (!namespace.split('/').every((name) => NAME.test(name))) {
    throw new ConfigError(`"${namespace}" cannot be a namespace; use names of letters, digits, "_", "-", ".", with "/" between them`);
  }
}

/** Throws unless `argument` can be kept: not empty, at most 1 024 bytes, no control characters. */
export function assertArgument(argument: string): void {
  if (argument.length === 0) throw new KeyError('The key is empty');
  const isLong = argument.length * 3 > MAX_ARGUMENT_BYTES && Buffer.byteLength(argument) > MAX_ARGUMENT_BYTES;
  if (isLong) throw new KeyError(`The key "${argument.slice(0, 40)}…" is longer than ${MAX_ARGUMENT_BYTES} bytes; use a digest of it`);
  if (isPlain(argument)) return;
  if (CONTROL.test(argument)) throw new KeyError(`The key ${JSON.stringify(argument)} holds a control character; escape it first`);
  if (!argument.isWellFormed())
    throw new KeyError(`The key ${JSON.stringify(argument)} holds half of a surrogate pair; it cannot be written as UTF-8`);
}

/** Whether a text is of printable ASCII alone, as most keys are: one look, where there would be two. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}

/**
 * The text of an argument: text is itself; all else is JSON with sorted names,
 * so that equal arguments have equal keys, and a digest where that is too long.
 */
export function argumentKey(argument: KeyArgument): string {
  if (typeof argument === 'string') return argument;
  const text = canonical(argument);
  return text.length * 3 <= MAX_ARGUMENT_BYTES ? text : `#${createHash('sha256').update(text).digest('base64url')}`;
}

/** The part of a full key before its argument. */
export function keyPrefix(namespace: string, kind: string): string {
  return `${namespace}:${kind}:`;
}

function canonical(argument: unknown, depth = 0): string {
  if (depth > 100) throw new KeyError('A key is nested more than 100 deep, or holds itself');
  if (typeof argument === 'string') return JSON.stringify(argument).replaceAll('\u007f', '\\u007f');
  if (typeof argument === 'bigint') return `${argument}n`;
  if (typeof argument !== 'object' || argument === null) {
    if (typeof argument === 'number' && !Number.isFinite(argument)) throw new KeyError(`${argument} cannot be part of a key`);
    if (argument === undefined || typeof argument === 'symbol' || typeof argument === 'function')
      throw new KeyError(`A ${typeof argument} cannot be part of a key`);
    return String(argument);
  }
  if (isList(argument)) return `[${argument.map((part) => canonical(part, depth + 1)).join(',')}]`;
  if (Object.getPrototypeOf(argument) !== Object.prototype && Object.getPrototypeOf(argument) !== null) {
    throw new KeyError(`A ${argument.constructor?.name ?? 'class instance'} cannot be part of a key; give its text`);
  }
  const parts: string[] = [];
  for (const name of Object.keys(argument).sort()) {
    const part: unknown = (argument as Record<string, unknown>)[name];
    if (part !== undefined) parts.push(`${canonical(name)}:${canonical(part, depth + 1)}`);
  }
  return `{${parts.join(',')}}`;
}

function isList(argument: object): argument is readonly unknown[] {
  return Array.isArray(argument);
}
