import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../src/testing/seeded.ts';
import type { Fleet, Member, WriteTarget } from './fleet.ts';
import type { ReadCall } from './history.ts';
import { now } from './node-plan.ts';

/** Calls of one cache that are under way; more wait for their turn. */
const MAX_UNDER_WAY = 64;

const TICK_MS = 5;

/** Random operations on the caches of a fleet. */
export interface WorkloadOptions {
  readonly seed: number;
  /** Operations a second on each cache. @default 250 */
  readonly ratePerMember?: number;
  /** The share of writes and invalidations. @default 0.12 */
  readonly writeShare?: number;
  /** Whether whole groups and everything are invalidated too. @default true */
  readonly invalidatesGroups?: boolean;
}

/** Operations drawn by chance, the same for a seed, until it is told to stop. */
export class Workload {
  readonly #fleet: Fleet;
  readonly #random: () => number;
  readonly #options: Required<WorkloadOptions>;
  readonly #underWay = new Map<string, number>();
  #count = 0;
  #isOver = false;

  constructor(fleet: Fleet, options: WorkloadOptions) {
    this.#fleet = fleet;
    this.#random = seeded(options.seed);
    this.#options = { ratePerMember: 250, writeShare: 0.12, invalidatesGroups: true, ...options };
  }

  /** Operations begun. */
  get count(): number {
    return this.#count;
  }

  /** Runs until {@link stop}, or until so many operations have begun; resolves when none is under way. */
  async run(count: number = Number.POSITIVE_INFINITY): Promise<void> {
    const perTick = (this.#options.ratePerMember * TICK_MS) / 1_000;
    let dueAt = now();
    let due = 0;
    while (!this.#isOver && this.#count < count) {
      const ticks = Math.max(1, Math.floor((now() - dueAt) / TICK_MS));
      dueAt += ticks * TICK_MS;
      due += perTick * Math.min(ticks, 20);
      for (; due >= 1; due -= 1) {
        for (const member of this.#fleet.members) this.#begin(member);
      }
      await sleep(TICK_MS);
    }
    this.#isOver = true;
    while (this.#fleet.members.some(({ name }) => (this.#underWay.get(name) ?? 0) > 0)) await sleep(TICK_MS);
  }

  stop(): void {
    this.#isOver = true;
  }

  #begin(member: Member): void {
    const underWay = this.#underWay.get(member.name) ?? 0;
    if (underWay >= MAX_UNDER_WAY) return;
    this.#underWay.set(member.name, underWay + 1);
    this.#count += 1;
    void this.#operate(member).finally(() => this.#underWay.set(member.name, (this.#underWay.get(member.name) ?? 1) - 1));
  }

  async #operate(member: Member): Promise<void> {
    const isWrite = this.#random() < this.#options.writeShare;
    const target = this.#target();
    const call = this.#readCall();
    const key = this.#pick(this.#fleet.keyspace.keys);
    if (isWrite && (await this.#fleet.write(member, target))) return;
    await this.#fleet.read(member, call, key);
  }

  #target(): WriteTarget {
    const { keys, groups } = this.#fleet.keyspace;
    const chance = this.#random();
    const key = this.#pick(keys);
    const group = this.#pick(groups);
    if (!this.#options.invalidatesGroups || chance < 0.6) return { call: 'set', key };
    if (chance < 0.86) return { call: 'delete', key };
    if (chance < 0.93) return { call: 'tag', group };
    return chance < 0.985 ? { call: 'pattern', group } : { call: 'clear' };
  }

  #readCall(): ReadCall {
    const chance = this.#random();
    if (chance < 0.35) return 'peek';
    return chance < 0.6 ? 'get' : 'load';
  }

  #pick<T>(all: readonly T[]): T {
    return all[Math.floor(this.#random() * all.length)] as T;
  }
}
