import type { Result, SubjectResult } from './result.ts';
import type { Metric, Scenario } from './scenario.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';
import { figuresOf, type Verdict } from './verdict.ts';

/** A result as a table of Markdown. */
export function table(scenario: Scenario, result: Result): string {
  const { metrics, limit } = scenario;
  const head = ['', ...metrics.map(({ title, unit }) => (unit === '' ? title : `${title}, ${unit}`)), `× ${limit}`];
  const rows = result.subjects.map((subject) => [
    subject.name,
    ...metrics.map((metric) => figure(metric, subject)),
    spread(comparison(scenario, result, subject), decimals),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** A bar and by what it holds, or fails, as a sentence. */
export function promise(scenario: Scenario, { bar, measured }: Verdict): string {
  const metric = scenario.metrics.find(({ name }) => name === bar.metric);
  const what = `${bar.subject}: ${metric?.title ?? bar.metric}`;
  if (bar.of === undefined)
    return `${what} at most ${bar.atMost} ${metric?.unit ?? ''}; measured ${spread(measured, decimals)}`.replace(' ;', ';');
  if (bar.atMost < 1) {
    const times = { median: 1 / measured.median, least: 1 / measured.most, most: 1 / measured.least };
    return `${what} at least ${decimals(1 / bar.atMost)} times less than ${bar.of}; measured ${spread(times, decimals)}`;
  }
  return `${what} at most ${Number(bar.atMost.toFixed(2))} × ${bar.of}; measured ${spread(measured, decimals)}`;
}

function figure(metric: Metric, subject: SubjectResult): string {
  const figures = subject.figures[metric.name];
  return figures ? spread(spreadOf(figures), decimals) : '';
}

function comparison(scenario: Scenario, result: Result, subject: SubjectResult): Spread {
  const metric = scenario.metrics[0]!.name;
  return spreadOf(ratios(subject.figures[metric] ?? [], figuresOf(result, scenario.limit, metric) ?? []));
}

function spread({ median, least, most }: Spread, write: (number: number) => string): string {
  const [low, high] = [write(least), write(most)];
  return low === high ? write(median) : `${write(median)} [${low}–${high}]`;
}

/** Three digits, or as many as the whole part has. */
function decimals(number: number): string {
  const digits = number >= 100 ? 0 : number >= 10 ? 1 : 2;
  return number.toLocaleString('en', {
    maximumFractionDigits: Number.isInteger(number) ? 0 : digits,
    minimumFractionDigits: Number.isInteger(number) ? 0 : digits,
  });
}
