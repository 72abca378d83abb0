import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { QUICK, THOROUGH } from './harness/effort.ts';
import { type Result, resultOf, writeResult } from './harness/result.ts';
import { runRounds } from './harness/rounds.ts';
import type { Scenario } from './harness/scenario.ts';
import { promise, table } from './harness/table.ts';
import { verdicts } from './harness/verdict.ts';
import { RESULTS, writeReport } from './report.ts';
import { scenarios } from './scenarios/scenarios.ts';

const USAGE = `Measures Tiercel beside its peers and beside the least that can be done, in one run.

  node bench/main.ts                  everything, then results/*.json and docs/benchmarks.md
  node bench/main.ts --only peek      the scenarios with "peek" in their names; may be repeated
  node bench/main.ts --quick          whether everything still runs; writes nothing

Scenarios: ${scenarios.map(({ name }) => name).join(', ')}`;

/** Measures what was chosen; tells the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const chosen = scenarios.filter(({ name }) => !values.only || values.only.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    console.error(`No scenario is named so. There are ${scenarios.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  const startedAt = performance.now();
  for (const scenario of chosen) {
    const result = resultOf(scenario.name, await runRounds(scenario, values.quick ? QUICK : THOROUGH));
    tell(scenario, result, values.quick === true);
    if (!values.quick) await writeResult(RESULTS, result);
  }
  if (!values.quick) await writeReport();
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`\n${chosen.length} scenarios in ${seconds} s${values.quick ? '; the numbers of a quick run mean nothing' : ''}`);
  return 0;
}

function tell(scenario: Scenario, result: Result, isQuick: boolean): void {
  console.log(`\n${scenario.title} (${scenario.name})\n\n${table(scenario, result)}\n`);
  if (isQuick) return;
  for (const verdict of verdicts(scenario, result)) console.log(`${verdict.holds ? 'holds' : 'FAILS'}: ${promise(scenario, verdict)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
