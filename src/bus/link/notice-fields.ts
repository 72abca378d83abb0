import { assertArgument, assertNamespace } from '../../entry/key.ts';
import { Pattern } from '../../entry/pattern.ts';
import type { Version } from '../../entry/version.ts';
import type { Notice } from '../notice.ts';

/** The kinds of notice by the number they have on the bus. */
const CODES = { newer: 1, gone: 2, stale: 3, tag: 4, pattern: 5, clear: 6 } as const satisfies Record<Notice['about'], number>;

const KIND = /^[A-Za-z0-9_.-]{0,64}$/;

/** A notice as a list of plain values, the shortest form that says it all. */
export function noticeFields(notice: Notice): unknown[] {
  const { about, namespace, version } = notice;
  const head = [CODES[about], namespace, version.stamp, version.origin];
  if (about === 'tag') return [...head, notice.tag, notice.keep];
  if (about === 'pattern') return [...head, notice.pattern, notice.keep, notice.isUnshared];
  if (about === 'clear') return head;
  const { kind, argument, isUnshared } = notice;
  if (about === 'newer') return [...head, kind, argument, isUnshared, notice.eventAt ?? null, notice.sealed ? plain(notice.sealed) : null];
  return [...head, kind, argument, isUnshared];
}

/** The codec keeps no subclass, and entries are sealed in Buffers. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** The notice in a list that came from elsewhere; `undefined` when it is none. */
export function checkedNotice(fields: readonly unknown[]): Notice | undefined {
  const [code, namespace, stamp, origin, ...rest] = fields;
  if (typeof namespace !== 'string' || !isStamp(stamp) || !isOrigin(origin)) return undefined;
  try {
    assertNamespace(namespace);
    return noticeOf(code, namespace, { stamp, origin }, rest);
  } catch {
    return undefined;
  }
}

/** @throws KeyError, PatternError when a text is none that could be a key, a tag or a pattern. */
function noticeOf(code: unknown, namespace: string, version: Version, rest: readonly unknown[]): Notice | undefined {
  if (code === CODES.clear) return { about: 'clear', namespace, version };
  if (code === CODES.tag || code === CODES.pattern) {
    const [text, keep, isUnshared] = rest;
    if (typeof text !== 'string' || typeof keep !== 'boolean') return undefined;
    if (code === CODES.tag) {
      assertArgument(text);
      return { about: 'tag', namespace, tag: text, version, keep };
    }
    if (typeof isUnshared !== 'boolean') return undefined;
    return { about: 'pattern', namespace, pattern: new Pattern(text).text, version, keep, isUnshared };
  }
  const [kind, argument, isUnshared, eventAt, sealed] = rest;
  if (typeof kind !== 'string' || !KIND.test(kind) || typeof argument !== 'string' || typeof isUnshared !== 'boolean') return undefined;
  assertArgument(argument);
  const key = { namespace, kind, argument, version, isUnshared };
  if (code === CODES.gone) return { about: 'gone', ...key };
  if (code === CODES.stale) return { about: 'stale', ...key };
  const isTimed = eventAt === null || (typeof eventAt === 'number' && Number.isFinite(eventAt));
  if (code !== CODES.newer || !isTimed || !(sealed === null || sealed instanceof Uint8Array)) return undefined;
  return { about: 'newer', ...key, eventAt: eventAt ?? undefined, sealed: sealed ?? undefined };
}

function isStamp(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isOrigin(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xffff_ffff;
}
