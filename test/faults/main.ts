import { provideForTests } from '../../scripts/machine.mjs';
import { compare } from './compare.ts';
import { type FaultRow, runRow, whySkipped } from './fault-row.ts';
import { lineOf, type RowResult, writeReport } from './report.ts';
import { rows } from './rows/rows.ts';

/**
 * Runs the fault matrix: `npm run test:faults`, or `npm run test:faults -- 3 "hot keys"` for some of its
 * rows, by their numbers or by words that their faults are told with. A run of all writes docs/reliability.md. With `--compare`, other caches suffer the same.
 */
const words = process.argv.slice(2);
await provideForTests(['test/faults/']);
if (words.includes('--compare')) {
  await compare();
  process.exit();
}
const isChosen = ({ row, fault }: FaultRow): boolean =>
  words.length === 0 || words.some((word) => (/^\d+$/.test(word) ? row === Number(word) : fault.includes(word)));

const results: RowResult[] = [];
for (const row of rows) {
  if (!isChosen(row)) continue;
  const skipped = whySkipped(row);
  const result = skipped === undefined ? { row, outcome: await runRow(row) } : { row, skipped };
  console.log(lineOf(result));
  results.push(result);
}
if (words.length === 0) writeReport(results);

const ran = results.filter(({ outcome }) => outcome !== undefined);
const failed = ran.filter(({ outcome }) => outcome?.violations.length !== 0);
console.log(`\n${ran.length - failed.length} passed, ${failed.length} failed, ${results.length - ran.length} skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;
