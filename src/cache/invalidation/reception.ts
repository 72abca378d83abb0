import type { Notice, PatternNotice, RemovalNotice } from '../../bus/notice.ts';
import { Pattern } from '../../entry/pattern.ts';
import { justBefore, type Version, type VersionClock } from '../../entry/version.ts';
import type { LocalTier } from '../../tiers/local-tier.ts';
import type { AnyEngine, KindRoutes } from '../kind-routes.ts';
import type { RemoteStack } from '../store/remote-stack.ts';
import type { TagMarks } from '../store/tag-marks.ts';

/** What the news of other processes are about, in one namespace. */
export interface ReceptionParts {
  readonly routes: KindRoutes;
  readonly stack: RemoteStack;
  /** The tiers that the other processes do not share, and which must therefore be told what they did. */
  readonly nearby: RemoteStack;
  readonly marks: TagMarks;
  readonly local: LocalTier;
  readonly versions: VersionClock;
}

/**
 * Does to this process's memory what other processes say that they did: the
 * same as if it were done here, but that it goes no further. All is conditional
 * on versions, so that news may come twice, late, or in any order.
 */
export class Reception {
  readonly #parts: ReceptionParts;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  hear(notice: Notice): void {
    const { marks, local, nearby } = this.#parts;
    if (!this.#parts.versions.observe(notice.version.stamp)) return;
    if (notice.about === 'tag') {
      if (marks.mark(notice.tag, notice.version.stamp, notice.keep)) local.doubtTagged();
      if (nearby.size > 0) nearby.background(nearby.mark(notice.tag, notice.version, notice.keep));
    } else if (notice.about === 'pattern') {
      this.#pattern(notice);
    } else if (notice.about === 'clear') {
      this.#cleared(notice.version);
    } else {
      const engine = this.#parts.routes.engine(notice.kind);
      if (!engine?.plan.isCoherent) return;
      if (notice.about === 'newer') this.#newer(engine, notice);
      else this.#removed(engine, notice);
    }
  }

  /** News were missed for good: what is under way may have been outdated by them, and is not kept. */
  missed(): void {
    for (const engine of this.#parts.routes.engines()) {
      if (engine.plan.isCoherent) engine.fenceAll();
    }
  }

  #newer(engine: AnyEngine, notice: Notice & { about: 'newer' }): void {
    const { argument, version, eventAt, isUnshared, sealed } = notice;
    const { stack, nearby } = this.#parts;
    const before = justBefore(version);
    if (isUnshared && engine.store.isShared) stack.doubt(engine.plan, argument, before, { eventAt });
    engine.outdate(argument, { version, eventAt }, sealed);
    if (nearby.size > 0) nearby.background(nearby.remove(engine.plan, [argument], before));
  }

  #removed(engine: AnyEngine, { about, argument, version, isUnshared }: RemovalNotice): void {
    const { stack, nearby } = this.#parts;
    if (isUnshared && engine.store.isShared) stack.doubt(engine.plan, argument, version, { goneUpTo: version });
    engine.withdraw(argument, version, about === 'stale');
    if (nearby.size > 0) nearby.background(nearby.remove(engine.plan, [argument], version));
  }

  #pattern({ pattern: text, version, keep, isUnshared }: PatternNotice): void {
    const { routes, stack, nearby } = this.#parts;
    const pattern = new Pattern(text);
    for (const engine of routes.engines()) {
      if (engine.plan.isCoherent) engine.withdrawMatching((argument) => pattern.matches(routes.text(engine, argument)), version, keep);
    }
    const sweep = { matches: routes.matcher(pattern), version };
    if (isUnshared) stack.doubtMatching(sweep);
    if (!keep) {
      stack.swept(sweep);
      // What this process has yet to write there would come after the sweep.
      stack.background(stack.dropUnderWay(sweep.matches, version));
    }
    for (const place of nearby.size > 0 ? routes.fullPatterns(text) : []) nearby.background(nearby.removeMatching(place, sweep));
  }

  #cleared(version: Version): void {
    const { routes, stack, nearby } = this.#parts;
    for (const engine of routes.engines()) {
      if (engine.plan.isCoherent) engine.withdrawMatching(() => true, version, false);
    }
    stack.marks.clearedUpTo(version);
    nearby.marks.clearedUpTo(version);
    if (nearby.size > 0) nearby.background(nearby.markCleared(version));
  }
}
