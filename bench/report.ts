import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Result, readResult } from './harness/result.ts';
import type { Scenario } from './harness/scenario.ts';
import { promise, table } from './harness/table.ts';
import { verdicts } from './harness/verdict.ts';
import { scenarios } from './scenarios/scenarios.ts';

/** Where results are kept: one file a scenario. */
export const RESULTS: string = fileURLToPath(new URL('results', import.meta.url));

const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

/** Writes the page of benchmarks from the results there are. */
export async function writeReport(): Promise<void> {
  const found: { scenario: Scenario; result: Result }[] = [];
  for (const scenario of scenarios) {
    const result = await readResult(RESULTS, scenario.name);
    if (result) found.push({ scenario, result });
  }
  const sections = found.map(({ scenario, result }) => section(scenario, result));
  await writeFile(PAGE, `${[opening(found.map(({ result }) => result)), ...sections].join('\n\n')}\n`);
}

function opening(results: readonly Result[]): string {
  const all = (read: (result: Result) => string): string => [...new Set(results.map(read))].sort().join(' and ');
  const versions = new Set(results.flatMap(({ versions }) => Object.entries(versions).map(([name, version]) => `${name} ${version}`)));
  return `# Benchmarks

This page is written by \`npm run bench\` from \`bench/results/*.json\`; what is measured and how stands in \`bench/\`.

- **When and where:** ${all(({ measuredAt }) => measuredAt)}, Node ${all(({ node }) => node)}, ${all(({ machine }) => machine)}.
- **Beside:** ${[...versions].join(', ')}; and beside the least that can be done, the limit.
- **Each number comes from a process of its own.** A round runs every subject once, in an order that rotates from round to round; so what disturbs the machine for a while disturbs them all.
- **Written is the median of the rounds, and in brackets the least and the most.** \`×\` is the median of the ratios to the limit, round by round, by the first column.
- **CPU is the processor time of the main thread**, which a neighbour on the machine does not add to, but through the caches and the memory they share; wall is the time that passed.
- **Work is warm, and checked:** every loop adds up what it read and compares. Keys are put together beforehand.
- **Compare within a table.** Nanoseconds are of this machine and this hour; ratios are what lasts.`;
}

function section(scenario: Scenario, result: Result): string {
  const promises = verdicts(scenario, result).map((verdict) => `- ${verdict.holds ? '✓' : '✗'} ${promise(scenario, verdict)}`);
  return [`## ${scenario.title}`, scenario.about, table(scenario, result), ...(promises.length > 0 ? [promises.join('\n')] : [])].join(
    '\n\n',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeReport();
