import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRow, Outcome } from './fault-row.ts';

const PAGE = join(import.meta.dirname, '../../docs/reliability.md');
const END = '<!-- end -->';

/** A row, and what became of it: an outcome, or why there was none. */
export interface RowResult {
  readonly row: FaultRow;
  readonly outcome?: Outcome;
  readonly skipped?: string;
}

/** The line of a row for a terminal. */
export function lineOf({ row, outcome, skipped }: RowResult): string {
  const head = `${String(row.row).padStart(2)}  ${row.fault}`;
  if (!outcome) return `${head}\n      skipped: ${skipped}`;
  const facts = [
    `${outcome.violations.length} violations in ${outcome.operations} operations`,
    ...(outcome.healMs === undefined ? [] : [`well again after ${seconds(outcome.healMs)}`]),
    outcome.happened,
  ];
  const broken = outcome.violations.slice(0, 5).flatMap(({ invariant, node, key, what, evidence = [] }) => {
    return [`      ✘ invariant ${invariant}: ${node} ${key ?? ''} ${what}`, ...evidence.map((line) => `          ${line}`)];
  });
  return [head, `      ${facts.join('; ')}`, ...broken].join('\n');
}

/** Writes what became of all rows into docs/reliability.md. */
export function writeReport(results: readonly RowResult[]): void {
  writeSection('test:faults', markdownOf(results));
}

/** Writes what a command of npm found into docs/reliability.md, between its markers. */
export function writeSection(command: string, text: string): void {
  const marker = `<!-- written by npm run ${command} -->`;
  const page = readFileSync(PAGE, 'utf8');
  const begin = page.indexOf(marker);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${PAGE} lacks the lines ${marker} and ${END}`);
  writeFileSync(PAGE, `${page.slice(0, begin + marker.length)}\n${text}\n${page.slice(end)}`);
}

function markdownOf(results: readonly RowResult[]): string {
  const ran = results.flatMap(({ outcome }) => (outcome ? [outcome] : []));
  const operations = ran.reduce((sum, outcome) => sum + outcome.operations, 0);
  const violations = ran.reduce((sum, outcome) => sum + outcome.violations.length, 0);
  const live = Math.max(0, ...ran.map(({ worstStalenessMs }) => worstStalenessMs?.live ?? 0));
  const blind = Math.max(0, ...ran.map(({ worstStalenessMs }) => worstStalenessMs?.blind ?? 0));
  const skipped = results.filter((result) => result.skipped !== undefined);
  return [
    '',
    `Last run: ${ran.length} runs, ${operations} operations, **${violations} violations**. The oldest value that was answered as fresh had been`,
    `outdated for ${Math.round(live)} ms with the bus live, and for ${seconds(blind)} without.`,
    '',
    '| # | fault | how it was made | what happened | well again after | violations |',
    '| --- | --- | --- | --- | --- | --- |',
    ...results.flatMap(({ row, outcome }) => (outcome ? [tableLine(row, outcome)] : [])),
    '',
    ...(skipped.length === 0
      ? ['No row was skipped.']
      : ['Skipped:', '', ...skipped.map(({ row, skipped: why }) => `- ${row.row}, ${row.fault}: ${why}`)]),
    '',
  ].join('\n');
}

function tableLine({ row, fault, injection }: FaultRow, { happened, healMs, violations }: Outcome): string {
  const healed = healMs === undefined ? '–' : seconds(healMs);
  return `| ${row} | ${fault} | ${injection} | ${happened} | ${healed} | ${violations.length} |`;
}

function seconds(ms: number): string {
  return ms < 10 ? 'at once' : `${(ms / 1_000).toFixed(2)} s`;
}
