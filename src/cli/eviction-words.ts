import type { WireEviction } from '../service/wire.ts';
import { milliseconds } from './figures.ts';

/** Why it was an entry's turn to leave, in words. */
export const REASONS: Readonly<Record<WireEviction['reason'], string>> = {
  oldest: 'it had come first',
  idle: 'it was not used for longest',
  rare: 'it was used least',
  'not-admitted': 'asked for less often than what would have had to leave',
};

/** Why room was needed, in words. */
export const NEEDS: Readonly<Record<WireEviction['need'], string>> = {
  entries: 'too many entries',
  bytes: 'too many bytes',
  share: 'its kind had more than its share',
  pressure: 'the process had too little memory left',
};

/** When and why an entry left memory: `3 s ago under hybrid: it was used least; too many entries`. */
export function evictionText({ at, policy, reason, need }: WireEviction, now: number): string {
  return `${milliseconds(Math.max(0, now - at))} ago under ${policy}: ${REASONS[reason]}; ${NEEDS[need]}`;
}
