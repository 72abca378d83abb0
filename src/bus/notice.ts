import type { Version } from '../entry/version.ts';

/** A newer entry stands under a key than any before `version`. */
export interface NewerNotice {
  readonly about: 'newer';
  readonly namespace: string;
  readonly kind: string;
  readonly argument: string;
  readonly version: Version;
  readonly eventAt: number | undefined;
  /** Whether a shared tier may not have it: what stands there is then not to be believed. */
  readonly isUnshared: boolean;
  /** The entry itself, sealed, for those who hold an older one. */
  readonly sealed: Uint8Array | undefined;
}

/** What stood under a key up to `version` was removed (`gone`), or made stale and kept to stand in (`stale`). */
export interface RemovalNotice {
  readonly about: 'gone' | 'stale';
  readonly namespace: string;
  readonly kind: string;
  readonly argument: string;
  readonly version: Version;
  /** Whether a shared tier may not have taken it: what stands there is then not to be believed. */
  readonly isUnshared: boolean;
}

/** What carries a tag and is no newer than `version` was removed, or made stale where it is kept. */
export interface TagNotice {
  readonly about: 'tag';
  readonly namespace: string;
  readonly tag: string;
  readonly version: Version;
  readonly keep: boolean;
}

/** What matches a pattern and is no newer than `version` was removed, or made stale where it is kept. */
export interface PatternNotice {
  readonly about: 'pattern';
  readonly namespace: string;
  /** The glob as it was given, over keys as people write them. */
  readonly pattern: string;
  readonly version: Version;
  readonly keep: boolean;
  /** Whether a shared tier may still have what was removed: what stands there is then not to be believed. */
  readonly isUnshared: boolean;
}

/** All of a namespace that is no newer than `version` was removed. */
export interface ClearNotice {
  readonly about: 'clear';
  readonly namespace: string;
  readonly version: Version;
}

/** What one process tells the others of what it did to entries. It is safe to hear one twice, late, or before an earlier one. */
export type Notice = NewerNotice | RemovalNotice | TagNotice | PatternNotice | ClearNotice;

/** Of two notices with the same text the newer one says it all. */
export function subjectOf(notice: Notice): string {
  const { about, namespace } = notice;
  if (about === 'tag') return `${about} ${notice.keep} ${namespace} ${notice.tag}`;
  if (about === 'pattern') return `${about} ${notice.keep} ${namespace} ${notice.pattern}`;
  if (about === 'clear') return `${about} ${namespace}`;
  return `${about} ${namespace}:${notice.kind}:${notice.argument}`;
}
