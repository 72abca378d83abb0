import { type Notice, subjectOf } from '../notice.ts';

/** Notices wait up to this many, one for each key, tag or pattern; past it the sender has lost count. */
const MAX_WAITING_NOTICES = 50_000;
/** What a notice takes beside its texts and its entry, at most. */
const NOTICE_BYTES = 64;

/** What a process has to tell and has not told yet: of each key, tag or pattern the newest alone. */
export class Outgoing {
  readonly #waiting = new Map<string, Notice>();
  /** Whether more had to be told than could be kept: what waited is lost. */
  hasLostCount = false;

  get size(): number {
    return this.#waiting.size;
  }

  add(notice: Notice): void {
    const subject = subjectOf(notice);
    const known = this.#waiting.get(subject);
    // It goes to the end: what is told in one message stands in the order in which it happened.
    if (known) this.#waiting.delete(subject);
    this.#waiting.set(subject, known && known.version.stamp > notice.version.stamp ? known : notice);
    if (this.#waiting.size <= MAX_WAITING_NOTICES) return;
    this.#waiting.clear();
    this.hasLostCount = true;
  }

  /** Takes the oldest notices, as many as fit into `maxBytes`, at least one. */
  take(maxBytes: number): Notice[] {
    const taken: Notice[] = [];
    let bytes = 0;
    for (const [subject, notice] of this.#waiting) {
      bytes += bytesOf(notice);
      if (taken.length > 0 && bytes > maxBytes) break;
      taken.push(notice);
      this.#waiting.delete(subject);
    }
    return taken;
  }
}

/** A bound on what a notice takes on the bus: a UTF-16 unit is at most three bytes. */
function bytesOf(notice: Notice): number {
  const texts = subjectOf(notice).length * 3;
  return NOTICE_BYTES + texts + (notice.about === 'newer' ? (notice.sealed?.length ?? 0) : 0);
}
