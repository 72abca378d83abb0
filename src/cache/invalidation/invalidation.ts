import { assertArgument } from '../../entry/key.ts';
import type { Pattern } from '../../entry/pattern.ts';
import type { Version, VersionClock } from '../../entry/version.ts';
import type { NamespaceTelemetry } from '../../telemetry/namespace-telemetry.ts';
import type { LocalTier } from '../../tiers/local-tier.ts';
import type { AnyEngine, KindRoutes } from '../kind-routes.ts';
import type { Announcer } from '../store/announcer.ts';
import type { RemoteStack } from '../store/remote-stack.ts';
import type { TagMarks } from '../store/tag-marks.ts';
import type { Selection } from './selector.ts';

/**
 * Removes entries on request, or makes them stale and keeps them: first it
 * fences what is under way, then memory, then the remote tiers.
 */
export class Invalidation {
  readonly #routes: KindRoutes;
  readonly #stack: RemoteStack;
  readonly #marks: TagMarks;
  readonly #local: LocalTier;
  readonly #versions: VersionClock;
  readonly #telemetry: NamespaceTelemetry;
  readonly #announcer: Announcer;

  constructor(
    routes: KindRoutes,
    stack: RemoteStack,
    marks: TagMarks,
    local: LocalTier,
    versions: VersionClock,
    telemetry: NamespaceTelemetry,
    announcer: Announcer,
  ) {
    this.#routes = routes;
    this.#stack = stack;
    this.#marks = marks;
    this.#local = local;
    this.#versions = versions;
    this.#telemetry = telemetry;
    this.#announcer = announcer;
  }

  /** @param keep makes entries stale, with what is left of their grace, instead of removing them. */
  async apply(selection: Selection, keep: boolean): Promise<void> {
    if (selection.by === 'keys') await this.#keys(selection.keys, keep);
    else if (selection.by === 'tags') await this.#tags(selection.tags, keep);
    else await this.#pattern(selection.pattern, keep);
  }

  /** Removes every entry of the namespace. */
  async clear(): Promise<void> {
    const { cache, namespace } = this.#telemetry;
    if (this.#telemetry.wants('invalidate')) this.#telemetry.tell('invalidate', { cache, namespace, by: 'all', keep: false });
    const version = { stamp: this.#versions.next(), origin: this.#versions.origin };
    for (const engine of this.#routes.engines()) {
      engine.fenceWhere(() => true);
      for (const text of [...engine.partition.keys()]) engine.partition.remove(text, 'explicit');
      engine.backoff.clear();
    }
    const matches = (key: string): boolean => this.#routes.textOf(key) !== undefined;
    // Swept first: from now on nothing that the tiers still have is believed.
    const swept = this.#stack.removeMatching(this.#routes.fullPattern('*'), { matches, version });
    await this.#stack.markCleared(version);
    await swept;
    this.#announcer.cleared(version);
  }

  async #keys(keys: readonly string[], keep: boolean): Promise<void> {
    for (const key of keys) assertArgument(key);
    await Promise.all([...this.#byEngine(keys)].map(([engine, texts]) => (keep ? engine.expire(texts) : engine.remove(texts))));
  }

  #byEngine(keys: readonly string[]): Map<AnyEngine, string[]> {
    const byEngine = new Map<AnyEngine, string[]>();
    for (const key of keys) {
      const { engine, argument } = this.#routes.resolve(key);
      const texts = byEngine.get(engine);
      if (texts) texts.push(argument);
      else byEngine.set(engine, [argument]);
    }
    return byEngine;
  }

  async #tags(tags: readonly string[], keep: boolean): Promise<void> {
    for (const tag of tags) assertArgument(tag);
    const { cache, namespace } = this.#telemetry;
    if (this.#telemetry.wants('invalidate')) this.#telemetry.tell('invalidate', { cache, namespace, by: 'tags', tags, keep });
    const version = { stamp: this.#versions.next(), origin: this.#versions.origin };
    for (const tag of tags) this.#marks.mark(tag, version.stamp, keep);
    this.#local.doubtTagged();
    await Promise.all(tags.map((tag) => this.#stack.mark(tag, version, keep)));
    for (const tag of tags) this.#announcer.tag(tag, version, keep);
  }

  async #pattern(pattern: Pattern, keep: boolean): Promise<void> {
    const { cache, namespace } = this.#telemetry;
    if (this.#telemetry.wants('invalidate'))
      this.#telemetry.tell('invalidate', { cache, namespace, by: 'pattern', pattern: pattern.text, keep });
    const version = { stamp: this.#versions.next(), origin: this.#versions.origin };
    for (const engine of this.#routes.engines()) {
      const matches = (argument: string): boolean => pattern.matches(this.#routes.text(engine, argument));
      engine.fenceWhere(matches);
      for (const text of engine.matching(matches)) {
        if (keep) engine.partition.expire(text, engine.clock.monotonic());
        else engine.partition.remove(text, 'explicit');
      }
    }
    const matches = this.#routes.matcher(pattern);
    const places = this.#routes.fullPatterns(pattern.text);
    let isTaken = true;
    if (!keep) {
      const taken = await Promise.all(places.map((place) => this.#stack.removeMatching(place, { matches, version })));
      isTaken = taken.every((one) => one);
    } else {
      await this.#stack.dropUnderWay(matches, version);
      for (const place of places) await this.#expireRemote(place, matches, version);
    }
    this.#announcer.pattern(pattern.text, version, keep, !isTaken);
  }

  /** Batch by batch, as the tiers tell their keys. */
  async #expireRemote(full: Pattern, isMeant: (key: string) => boolean, version: Version): Promise<void> {
    for await (const keys of this.#stack.scan(full)) {
      const byEngine = this.#byEngine(keys.filter(isMeant).map((key) => this.#routes.textOf(key) ?? ''));
      await Promise.all([...byEngine].map(([engine, texts]) => engine.expireUntold(texts, version)));
    }
  }
}
