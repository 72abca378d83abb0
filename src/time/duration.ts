import { ConfigError } from '../errors.ts';

/** A length of time: milliseconds as a number, or text such as `'500ms'`, `'5s'`, `'1.5h'`, `'1d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Milliseconds in a second. */
export const SECOND = 1_000;
/** Milliseconds in a minute. */
export const MINUTE: number = 60 * SECOND;
/** Milliseconds in an hour. */
export const HOUR: number = 60 * MINUTE;
/** Milliseconds in a day of 24 hours. */
export const DAY: number = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * The milliseconds of a duration; `Infinity` stays itself.
 *
 * @param name names the setting in the error.
 * @throws ConfigError when it is no duration or is negative.
 */
export function toMs(duration: Duration, name = 'duration'): number {
  if (typeof duration === 'number') {
    if (duration >= 0) return duration;
  } else if (typeof duration === 'string') {
    const match = FORM.exec(duration);
    if (match) return Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1);
  }
  throw new ConfigError(
    `\`${name}\` is ${typeof duration === 'object' || typeof duration === 'string' ? JSON.stringify(duration) : String(duration)}; give milliseconds from 0 up, or text such as '500ms', '5s', '10m', '1h', '1d'`,
  );
}

/**
 * The milliseconds of a duration in which something has to be done.
 *
 * @param name names the setting in the error.
 * @throws ConfigError when it is no duration, or is none that ends after a millisecond or more.
 */
export function toDeadlineMs(duration: Duration, name: string): number {
  const ms = toMs(duration, name);
  if (ms >= 1 && Number.isFinite(ms)) return ms;
  throw new ConfigError(`\`${name}\` is ${ms} ms; give 1 ms or more, such as '250ms', and an end`);
}

const STEPS: readonly (readonly [number, string])[] = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [SECOND, 's'],
];

/** A length of time for people, in its largest unit: `250 ms`, `5 s`, `1.5 h`. */
export function durationText(ms: number): string {
  const [size, unit] = STEPS.find(([step]) => ms >= step) ?? [1, 'ms'];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}
