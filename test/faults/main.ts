import { runRow, whySkipped } from './fault-row.ts';
import { rows } from './rows/rows.ts';

const wanted = process.argv.slice(2).map(Number);
for (const row of rows.filter((each) => wanted.length === 0 || wanted.includes(each.row))) {
  const why = whySkipped(row);
  if (why) {
    console.log(row.row, row.fault, 'skipped:', why);
    continue;
  }
  const { violations, ...outcome } = await runRow(row);
  console.log(row.row, row.fault, JSON.stringify(outcome), violations.length);
  const by = Map.groupBy(violations, (v) => v.invariant);
  for (const [k, v] of by)
    console.log(
      '   I',
      k,
      v.length,
      v.slice(0, 3).map((each) => `${each.node}: ${each.what.slice(0, 600)}`),
    );
}
