import type { BeatMessage, NewsMessage } from '../../src/bus/bus-message.ts';

/** A beat as a process sends it whose clock is the listener's. */
export function beatOf(publisher: string, sequence: number, sentAt: number, parts: Partial<BeatMessage> = {}): BeatMessage {
  return { form: 'beat', publisher, epoch: 1, sequence, sentAt, isLast: false, stamp: 0, ...parts };
}

/** News of nothing: only their place counts. */
export function newsOf(publisher: string, sequence: number, parts: Partial<NewsMessage> = {}): NewsMessage {
  return { form: 'news', publisher, epoch: 1, sequence, notices: [], ...parts };
}
