import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Effort } from './effort.ts';
import type { SubjectResult } from './result.ts';
import type { Figures, Scenario } from './scenario.ts';

const PROGRAM = fileURLToPath(import.meta.resolve('./round.ts'));
/** Hundreds of processes load the same code: it is compiled once. */
const COMPILED = join(tmpdir(), 'tiercel-bench-compiled');

/**
 * Runs all rounds of a scenario: each subject in a process of its own, all
 * subjects in every round, in an order that rotates, so that none is always the
 * first and what disturbs the machine for a while disturbs them all.
 */
export async function runRounds(scenario: Scenario, effort: Effort): Promise<SubjectResult[]> {
  const names = Object.keys(scenario.subjects);
  const figures = new Map<string, Record<string, number[]>>();
  const rounds = Math.min(scenario.rounds ?? 5, effort.maxRounds);
  for (let round = 0; round < rounds; round += 1) {
    const turn = names.map((_, at) => names[(at + round) % names.length]!);
    const worker = async (): Promise<void> => {
      for (let name = turn.shift(); name !== undefined; name = turn.shift()) add(figures, name, await runOne(scenario, name, effort));
    };
    await Promise.all(Array.from({ length: effort.processes }, worker));
  }
  return names.flatMap((name) => {
    const found = figures.get(name);
    return found ? [{ name, figures: found }] : [];
  });
}

async function runOne(scenario: Scenario, subject: string, effort: Effort): Promise<Figures | undefined> {
  const child = fork(PROGRAM, [scenario.name, subject, JSON.stringify(effort)], {
    execArgv: ['--expose-gc', '--no-warnings'],
    // JSON has no number for what a quick run divides by nothing.
    serialization: 'advanced',
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  });
  let told: Figures | null | undefined;
  child.on('message', (message: Figures | null) => {
    told = message;
  });
  const [exitCode] = await once(child, 'exit');
  if (told === undefined || exitCode !== 0)
    throw new Error(`${scenario.name}, ${subject}: the process ended with ${exitCode} and no figures`);
  return told ?? undefined;
}

function add(all: Map<string, Record<string, number[]>>, name: string, figures: Figures | undefined): void {
  if (!figures) return;
  const known = all.get(name) ?? {};
  for (const [metric, figure] of Object.entries(figures)) known[metric] = [...(known[metric] ?? []), Number(figure.toPrecision(4))];
  all.set(name, known);
}
