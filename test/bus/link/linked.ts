import { type CoherenceOptions, coherenceOf } from '../../../src/bus/coherence-options.ts';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { BusLink } from '../../../src/bus/link/bus-link.ts';
import type { NewsListener } from '../../../src/bus/news.ts';
import type { Notice } from '../../../src/bus/notice.ts';
import { VersionClock } from '../../../src/entry/version.ts';
import { ChaosBus } from '../../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { seeded } from '../../../src/testing/seeded.ts';

/** A listener that writes down what it is told. */
export class NewsRecord implements NewsListener {
  readonly notices: Notice[] = [];
  /** Up to when memory may be believed. */
  believedUntil: number = Number.NEGATIVE_INFINITY;
  readonly distrusts: number[] = [];

  /** The keys that the notices are about, in order. */
  get keys(): string[] {
    return this.notices.map((notice) => ('argument' in notice ? notice.argument : notice.about));
  }

  told(notices: readonly Notice[]): void {
    this.notices.push(...notices);
  }

  believe(until: number): void {
    this.believedUntil = until;
  }

  distrust(before: number): void {
    this.distrusts.push(before);
  }
}

/** One process: its link, the bus under it, and what it was told. */
export interface Linked {
  readonly link: BusLink;
  readonly bus: ChaosBus;
  readonly heard: NewsRecord;
  readonly versions: VersionClock;
  /** Tells that a key has a newer entry. */
  tell(argument: string): void;
}

/** Processes that share a hub and a clock. */
export class Links {
  readonly clock: FakeClock = new FakeClock();
  readonly hub: BusHub = new BusHub();
  #count = 0;

  /** @param clock the process's own, where it is another. */
  join(options: CoherenceOptions = {}, clock: FakeClock = this.clock): Linked {
    this.#count += 1;
    const bus = new ChaosBus(inProcessBus({ hub: this.hub }), { clock, seed: this.#count });
    const heard = new NewsRecord();
    const versions = new VersionClock(() => clock.now(), this.#count);
    const link = new BusLink(bus, heard, versions, { coherence: coherenceOf(options), clock, random: seeded(this.#count) });
    return { link, bus, heard, versions, tell: (argument) => link.tell(newer(argument, versions.next())) };
  }

  /** Processes that have joined. */
  async joined(count: number): Promise<Linked[]> {
    const links = Array.from({ length: count }, () => this.join());
    await this.clock.advance(2_000);
    return links;
  }
}

/** A newer entry stands under a key. */
export function newer(argument: string, stamp = 1, sealed?: Uint8Array): Notice {
  const version = { stamp, origin: 1 };
  return { about: 'newer', namespace: 'main', kind: 'n', argument, version, eventAt: undefined, isUnshared: false, sealed };
}
