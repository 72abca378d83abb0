import { type Duration, toMs } from '../time/duration.ts';

/** How closely processes keep in step. */
export interface CoherenceOptions {
  /** A sign of life is given this often. @default '500ms' */
  readonly heartbeat?: Duration;
  /** While news may be missing, an entry in memory is believed for so long from when it was taken in. @default '2s' */
  readonly suspectTtl?: Duration;
  /** A process that fell silent without a word is waited for so long; then all that memory has is made stale once. @default '30s' */
  readonly forgetAfter?: Duration;
  /** A message may take so long to be taken by the bus. @default '250ms' */
  readonly deadline?: Duration;
}

/** The names of {@link CoherenceOptions}. */
export const COHERENCE_OPTIONS: Readonly<Record<keyof CoherenceOptions, true>> = {
  heartbeat: true,
  suspectTtl: true,
  forgetAfter: true,
  deadline: true,
};

/** How long an entry is believed while news may be missing, in milliseconds. @throws ConfigError when it is no duration. */
export function suspectMsOf(options: CoherenceOptions = {}): number {
  return toMs(options.suspectTtl ?? 2_000, 'coherence.suspectTtl');
}
