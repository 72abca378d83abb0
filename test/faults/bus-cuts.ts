import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../src/testing/seeded.ts';
import type { Fleet, Member } from './fleet.ts';
import { type BusFault, now } from './node-plan.ts';

const FAULTS: readonly BusFault[] = ['cut', 'silent cut', 'rough'];

/** Time between one fault's beginning and the next's, and how long each lasts: up to so much. */
const BETWEEN_MS = 700;
const LASTING_MS = 3_000;

const POLL_MS = 20;

/** Faults of buses at random, of any cache, one on top of another, until they are ended. */
export class BusCuts {
  readonly #fleet: Fleet;
  readonly #random: () => number;
  readonly #befallen = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #faults: readonly BusFault[];
  #count = 0;

  constructor(fleet: Fleet, seed: number, faults: readonly BusFault[] = FAULTS) {
    this.#faults = faults;
    this.#fleet = fleet;
    this.#random = seeded(seed);
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Begins; resolves when {@link end} was called and every fault has healed. */
  async run(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const { members } = this.#fleet;
      const member = members[Math.floor(this.#random() * members.length)];
      const fault = this.#faults[Math.floor(this.#random() * this.#faults.length)];
      const lastingMs = this.#random() * LASTING_MS;
      if (member && fault && !this.#befallen.has(member.name)) {
        const cut = this.#befall(member, fault, lastingMs).finally(() => this.#underWay.delete(cut));
        this.#underWay.add(cut);
      }
      await this.#wait(this.#random() * BETWEEN_MS);
    }
    await Promise.all(this.#underWay);
  }

  end(): void {
    this.#ending.abort();
  }

  async #befall({ name, node, at }: Member, fault: BusFault, lastingMs: number): Promise<void> {
    this.#count += 1;
    this.#befallen.add(name);
    const from = now();
    await node.ask({ call: 'bus', member: at, fault });
    await this.#wait(lastingMs);
    await node.ask({ call: 'bus', member: at, fault: 'heal' });
    const healedAt = now();
    // Invariant 12 bounds what a node may take for blindness.
    while (now() - healedAt < 10_000 && !(await node.ask({ call: 'state', member: at }))?.state?.isBusLive) await sleep(POLL_MS);
    this.#fleet.history.blind.push({ node: name, from, to: now() });
    this.#befallen.delete(name);
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#ending.signal }).catch(() => {});
  }
}
