import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bounds, check, type Violation } from './checker.ts';
import { evidenceOf } from './evidence.ts';
import type { Fleet } from './fleet.ts';
import type { Read } from './history.ts';
import { type NodePlan, now } from './node-plan.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

/** Invariant 12: so long after a fault's end all is back. */
const HEALED_WITHIN_MS = 10_000;

const POLL_MS = 50;

/** So many violations are told with what went before them. */
const MAX_EXPLAINED = 2;

/** A fault that befalls a fleet at work, and its end. */
export interface Ordeal {
  /** @default 1 */
  readonly seed?: number;
  readonly workload?: Omit<WorkloadOptions, 'seed'>;
  readonly bounds?: Bounds;
  /** Whose bus is not live from the fault on until it says so again: these nodes', or all. @default nobody's */
  readonly blind?: readonly string[] | 'all';
  /** Who reaches neither bus nor tier, and is blind by that: these nodes, or all. @default nobody */
  readonly cutOff?: readonly string[] | 'all';
  /** The tier to be read at the end. */
  readonly tier?: NodePlan['tier'];
  /** Work before the fault. @default 1_000 */
  readonly calmMs?: number;
  /** How long the fault lasts. @default 2_500 */
  readonly faultMs?: number;
  /** Work after its end. @default 1_500 */
  readonly afterMs?: number;
  /** So long after all is well every key is read. @default bounds.liveMs */
  readonly quietMs?: number;
  /** All is well again within this of the fault's end. @default 10_000 */
  readonly healedWithinMs?: number;
  readonly inject: () => unknown;
  readonly heal?: () => unknown;
}

/** What became of a fleet. */
export interface OrdealResult {
  readonly operations: number;
  readonly violations: readonly Violation[];
  /** From the fault's end until every cache said that its tiers and its bus are well. */
  readonly healMs: number;
  readonly worstStalenessMs: { readonly live: number; readonly blind: number };
  /** Reads while the fault lasted. */
  readonly underFault: { readonly reads: number; readonly failed: number; readonly p99Ms: number; readonly maxMs: number };
}

/** Sets a fleet to work, lets the fault befall it, heals it, waits for quiet, and holds its history against the invariants. */
export async function endure(fleet: Fleet, ordeal: Ordeal): Promise<OrdealResult> {
  const { seed = 1, calmMs = 1_000, faultMs = 2_500, afterMs = 1_500, bounds = {}, healedWithinMs = HEALED_WITHIN_MS } = ordeal;
  const { history } = fleet;
  const { blind = ordeal.cutOff } = ordeal;
  const workload = new Workload(fleet, { seed, ...ordeal.workload });
  const work = workload.run();
  const pauses = monitorEventLoopDelay({ resolution: 10 });
  pauses.enable();
  await sleep(calmMs);

  const from = now();
  await ordeal.inject();
  await sleep(faultMs);
  const until = now();
  await ordeal.heal?.();
  const healed = waitUntilWell(fleet, from, { ...ordeal, ...(blind && { blind }) });
  await Promise.all([sleep(afterMs), healed]);
  workload.stop();
  await work;

  const { healMs } = await healed;
  await fleet.flush();
  // Invariant 4 gives a node one second to be right.
  await sleep(ordeal.quietMs ?? bounds.liveMs ?? 1_000);
  await fleet.readAll();
  if (ordeal.tier) await fleet.readShared(ordeal.tier);
  pauses.disable();
  const { violations, worstStalenessMs } = check(history, lenient(bounds, pauses.max / 1e6));
  const unwell: Violation[] =
    healMs <= healedWithinMs
      ? []
      : [{ invariant: 12, node: '', what: `not well within ${healedWithinMs} ms of the fault's end`, at: until }];
  const underFault = figures(history.reads.filter(({ invokedAt }) => invokedAt >= from && invokedAt < until));
  const all = [...violations, ...unwell].map((each, at) => (at < MAX_EXPLAINED ? { ...each, evidence: evidenceOf(history, each) } : each));
  return { operations: history.size, violations: all, healMs, worstStalenessMs, underFault };
}

/** Waits until every cache is well, and notes for how long it was blind or cut off. */
async function waitUntilWell(
  fleet: Fleet,
  injectedAt: number,
  { blind = [], cutOff = [], healedWithinMs = HEALED_WITHIN_MS }: Ordeal,
): Promise<{ readonly healMs: number }> {
  const began = now();
  const { history } = fleet;
  const seen = { blind: new Set<string>(), cutOff: new Set<string>() };
  const note = (what: 'blind' | 'cutOff', concerned: readonly string[] | 'all', name: string): void => {
    const isConcerned = concerned === 'all' || concerned.some((node) => name === node || name.startsWith(`${node}/`));
    if (!isConcerned || seen[what].has(name)) return;
    seen[what].add(name);
    history[what].push({ node: name, from: injectedAt, to: now() });
  };
  let isWell = false;
  while (!isWell && now() - began < healedWithinMs + POLL_MS) {
    const states = await fleet.states();
    for (const [name, { isBusLive, areTiersWell }] of states) {
      if (isBusLive) note('blind', blind, name);
      if (isBusLive && areTiersWell) note('cutOff', cutOff, name);
    }
    isWell = fleet.members.every(({ name }) => states.get(name)?.areTiersWell && states.get(name)?.isBusLive);
    if (!isWell) await sleep(POLL_MS);
  }
  const healMs = now() - began;
  for (const { name } of fleet.members) {
    note('blind', blind, name);
    note('cutOff', cutOff, name);
  }
  return { healMs };
}

/** The machine has other work: what it withheld from this process at the worst, it may have withheld from any. */
function lenient({ liveMs = 1_000, blindMs = 2_500, readMs = 1_000, writeMs = 10_000 }: Bounds, pauseMs: number): Bounds {
  return { liveMs: liveMs + pauseMs, blindMs: blindMs + pauseMs, readMs: readMs + pauseMs, writeMs: writeMs + pauseMs };
}

function figures(reads: readonly Read[]): OrdealResult['underFault'] {
  const times = reads.map(({ invokedAt, settledAt }) => settledAt - invokedAt).sort((a, b) => a - b);
  return {
    reads: reads.length,
    failed: reads.filter(({ error }) => error !== undefined).length,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
    maxMs: times.at(-1) ?? 0,
  };
}
