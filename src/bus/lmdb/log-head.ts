/** A run of a log that is kept: from `first` up to `next`, without a gap. */
export interface LogTrack {
  /** The number of the oldest that is kept. */
  readonly first: number;
  /** The number that the next will have. */
  readonly next: number;
  /** What those that are kept take, about. */
  readonly bytes: number;
}

/** What a log says of itself: it is changed in the same write as what it speaks of. */
export interface LogHead {
  /** A random name: one that was made anew has another. */
  readonly log: string;
  readonly messages: LogTrack;
  readonly beats: LogTrack;
}

/** Which of the two tracks: messages are kept for replays, beats only until all have read them. */
export type TrackName = 'messages' | 'beats';

const ID_BYTES = 16;
const TRACK_BYTES = 24;
const HEAD_BYTES: number = ID_BYTES + 2 * TRACK_BYTES;

/** Before each message stands when it was written. */
const STAMP_BYTES = 8;

/** The key of a log's head. */
export function headKey(channel: string): string {
  return `${channel}:head`;
}

/** The key of one message or beat: numbers of one width, so that they stand in their order. */
export function recordKey(channel: string, track: TrackName, number: number): string {
  return `${channel}:${track}:${number.toString(16).padStart(14, '0')}`;
}

/** A log that nothing was written to yet. @param id 16 random bytes. */
export function newHead(id: Uint8Array): LogHead {
  const empty: LogTrack = { first: 1, next: 1, bytes: 0 };
  return { log: Buffer.from(id).toString('hex'), messages: empty, beats: empty };
}

export function headBytes({ log, messages, beats }: LogHead): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES);
  bytes.write(log, 'hex');
  for (const [n, track] of [messages, beats].entries()) {
    const at = ID_BYTES + n * TRACK_BYTES;
    bytes.writeDoubleBE(track.first, at);
    bytes.writeDoubleBE(track.next, at + 8);
    bytes.writeDoubleBE(track.bytes, at + 16);
  }
  return bytes;
}

/** The head in these bytes; `undefined` when they hold none. */
export function readHead(bytes: Uint8Array | undefined): LogHead | undefined {
  if (bytes?.length !== HEAD_BYTES) return undefined;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const trackAt = (at: number): LogTrack => ({
    first: head.readDoubleBE(at),
    next: head.readDoubleBE(at + 8),
    bytes: head.readDoubleBE(at + 16),
  });
  return { log: head.toString('hex', 0, ID_BYTES), messages: trackAt(ID_BYTES), beats: trackAt(ID_BYTES + TRACK_BYTES) };
}

/** A message as it is kept: when it was written, and its bytes. */
export function recordBytes(now: number, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(STAMP_BYTES + content.length);
  bytes.writeDoubleBE(now);
  bytes.set(content, STAMP_BYTES);
  return bytes;
}

/** When a record was written, by the wall clock. */
export function writtenAt(record: Uint8Array): number {
  return Buffer.from(record.buffer, record.byteOffset, record.length).readDoubleBE();
}

/** The message in a record. */
export function contentOf(record: Uint8Array): Uint8Array {
  return record.subarray(STAMP_BYTES);
}
