import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Violation } from './checker.ts';
import type { OrdealResult } from './ordeal.ts';

/** What a run needs of the machine. */
export type Need = 'redis-server' | 'nats-server' | 'root' | 'nft' | 'faketime';

/** What became of one run. */
export interface Outcome {
  /** For people: what was seen. */
  readonly happened: string;
  readonly operations: number;
  readonly violations: readonly Violation[];
  readonly healMs?: number;
  readonly worstStalenessMs?: OrdealResult['worstStalenessMs'];
}

/** A row of the fault matrix: a fault, how it is made, and a run under it. */
export interface FaultRow {
  /** As in the matrix of docs/reliability.md; a row may be run in several ways. */
  readonly row: number;
  readonly fault: string;
  readonly injection: string;
  readonly needs?: readonly Need[];
  /** What `held` is given is let go of when the run is over. */
  run(held: AsyncDisposableStack): Promise<Outcome>;
}

/** Where libfaketime is, by Debian's package. */
export const FAKETIME = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`;

/** Why a row cannot be run here; `undefined` when it can. */
export function whySkipped({ needs = [] }: FaultRow): string | undefined {
  if (needs.includes('root') && process.getuid?.() !== 0) return 'only root may';
  if (needs.includes('faketime') && !existsSync(FAKETIME)) return `there is no ${FAKETIME}; install faketime`;
  const missing = needs.filter((need) => need !== 'root' && need !== 'faketime' && !isInstalled(need));
  return missing.length > 0 ? `${missing.join(' and ')} is not installed` : undefined;
}

/** Runs a row, and lets go of all it held. A run that could not be done is a violation, too. */
export async function runRow(row: FaultRow): Promise<Outcome> {
  try {
    await using held = new AsyncDisposableStack();
    return await row.run(held);
  } catch (error) {
    const what = error instanceof SuppressedError ? `${error.suppressed}; then ${error.error}` : String(error);
    return { happened: 'the run broke off', operations: 0, violations: unless(false, 11, what) };
  }
}

/** What there is to say of a fleet that endured a fault. */
export function outcomeOf(result: OrdealResult, remark = ''): Outcome {
  const { underFault, operations, violations, healMs, worstStalenessMs } = result;
  const reads = `${underFault.reads} reads under the fault, ${underFault.failed} failed, p99 ${underFault.p99Ms.toFixed(1)} ms`;
  return { happened: remark === '' ? reads : `${reads}; ${remark}`, operations, violations, healMs, worstStalenessMs };
}

/** A violation by a run of its own, where what was seen is not what was promised. */
export function unless(holds: boolean, invariant: number, what: string): readonly Violation[] {
  return holds ? [] : [{ invariant, node: '', what, at: 0 }];
}

function isInstalled(command: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
