import { assertNames, ConfigError } from '../errors.ts';
import { type Duration, toDeadlineMs, toMs } from '../time/duration.ts';

/** How closely processes keep in step. */
export interface CoherenceOptions {
  /** A sign of life is given this often; at least 50 ms. @default '500ms' */
  readonly heartbeat?: Duration;
  /** While news may be missing, an entry in memory is believed for so long from when it was taken in; at least two heartbeats. @default '2s' */
  readonly suspectTtl?: Duration;
  /** A process that fell silent without a word is waited for so long; then all that memory has is made stale once; at least `suspectTtl`. @default '30s' */
  readonly forgetAfter?: Duration;
  /** A message may take so long to be taken by the bus. @default '250ms' */
  readonly deadline?: Duration;
}

/** How closely processes keep in step, in milliseconds. */
export interface Coherence {
  readonly heartbeatMs: number;
  readonly suspectMs: number;
  readonly forgetMs: number;
  readonly deadlineMs: number;
}

const NAMES: Readonly<Record<keyof CoherenceOptions, true>> = {
  heartbeat: true,
  suspectTtl: true,
  forgetAfter: true,
  deadline: true,
};

/** A process that gives more signs of life than that keeps all others busy with reading them. */
const SHORTEST_BEAT_MS = 50;

/** One sign of life may come late, and memory is believed all the same. */
const BEATS_OF_BELIEF = 2;

/** The options, resolved. @throws ConfigError when they cannot be used, alone or beside each other. */
export function coherenceOf(options: CoherenceOptions = {}): Coherence {
  assertNames(options, NAMES, 'coherence');
  const heartbeatMs = toDeadlineMs(options.heartbeat ?? 500, 'coherence.heartbeat');
  const suspectMs = toMs(options.suspectTtl ?? 2_000, 'coherence.suspectTtl');
  const forgetMs = toMs(options.forgetAfter ?? 30_000, 'coherence.forgetAfter');
  const deadlineMs = toDeadlineMs(options.deadline ?? 250, 'coherence.deadline');
  if (heartbeatMs < SHORTEST_BEAT_MS)
    throw new ConfigError(`\`coherence.heartbeat\` is ${heartbeatMs} ms; give ${SHORTEST_BEAT_MS} ms or more`);
  const leastMs = BEATS_OF_BELIEF * heartbeatMs;
  if (suspectMs < leastMs)
    throw new ConfigError(`\`coherence.suspectTtl\` is ${suspectMs} ms; give ${leastMs} ms or more, twice \`coherence.heartbeat\``);
  if (forgetMs < suspectMs)
    throw new ConfigError(`\`coherence.forgetAfter\` is ${forgetMs} ms; give ${suspectMs} ms or more, as \`coherence.suspectTtl\` has`);
  return { heartbeatMs, suspectMs, forgetMs, deadlineMs };
}
