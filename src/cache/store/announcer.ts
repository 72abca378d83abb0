import type { News } from '../../bus/news.ts';
import type { Entry } from '../../entry/entry.ts';
import type { Version } from '../../entry/version.ts';
import type { KindPlan } from '../kind/kind-plan.ts';

/** A larger entry is not sent along with the news of it. */
const MAX_PUSH_BYTES = 4_096;

/** Tells the other processes what this one did in a namespace; nobody, when there is no bus. */
export class Announcer {
  readonly #news: News | undefined;
  readonly #namespace: string;

  constructor(namespace: string, news: News | undefined) {
    this.#namespace = namespace;
    this.#news = news;
  }

  /** Whether anybody is told of this kind. */
  tellsOf(plan: { readonly isCoherent: boolean }): boolean {
    return this.#news !== undefined && plan.isCoherent;
  }

  /** Whether news are proven to come. */
  readonly isLive = (): boolean => this.#news?.isLive === true;

  /** A newer entry is there than any before. @param sealed its bytes, where they are at hand. */
  newer<K, V>(plan: KindPlan<K, V>, { key, version, eventAt }: Entry<V>, isUnshared: boolean, sealed: Uint8Array | undefined): void {
    if (!this.tellsOf(plan)) return;
    const pushed = plan.isPushed && sealed !== undefined && sealed.length <= MAX_PUSH_BYTES ? sealed : undefined;
    const subject = { namespace: this.#namespace, kind: plan.name, argument: key };
    this.#news?.tell({ about: 'newer', ...subject, version, eventAt, isUnshared, sealed: pushed });
  }

  /** Keys were removed, or made stale and kept. */
  removed<K, V>(about: 'gone' | 'stale', plan: KindPlan<K, V>, texts: readonly string[], version: Version, isUnshared: boolean): void {
    if (!this.tellsOf(plan)) return;
    for (const argument of texts) this.#news?.tell({ about, namespace: this.#namespace, kind: plan.name, argument, version, isUnshared });
  }

  tag(tag: string, version: Version, keep: boolean): void {
    this.#news?.tell({ about: 'tag', namespace: this.#namespace, tag, version, keep });
  }

  pattern(pattern: string, version: Version, keep: boolean, isUnshared: boolean): void {
    this.#news?.tell({ about: 'pattern', namespace: this.#namespace, pattern, version, keep, isUnshared });
  }

  cleared(version: Version): void {
    this.#news?.tell({ about: 'clear', namespace: this.#namespace, version });
  }

  /** Resolves when all that was told so far is with the bus, or cannot be now. */
  async flush(): Promise<void> {
    await this.#news?.flush();
  }
}
