import { isAfter, type StreamId } from './stream-entries.ts';
import { MAX_REPLAYED, type StreamState } from './stream-log.ts';

/** How far a log has been told. */
export interface Place {
  readonly log: string;
  /** What is behind this has not been told. */
  readonly at: StreamId;
  /** How many entries the stream had taken when it stood there; `undefined` before Redis 7. */
  readonly added: number | undefined;
}

/** Where to go on reading: behind what was told last, if the log has all since then and that is not too much; else at its end. */
export function resumed(ended: Place | undefined, { log, first, last, length, added }: StreamState): Place {
  const end = { log, at: last, added };
  if (ended?.added === undefined || added === undefined || ended.log !== log || isAfter(ended.at, last)) return end;
  const missed = added - ended.added;
  const hasAll = first !== undefined && isAfter(first, ended.at) ? length === missed : first !== undefined;
  return hasAll && missed <= MAX_REPLAYED ? ended : end;
}
