import type { Violation } from './checker.ts';
import type { History, Read, Write } from './history.ts';

/** What is told from before a violation, and how much of it at most. */
const BEFORE_MS = 1_500;
const MAX_LINES = 40;

/** All that happened to the key of a violation shortly before it, by anybody, for whoever has to find out why. */
export function evidenceOf(history: History, { key, at }: Violation): readonly string[] {
  const isNear = ({ invokedAt }: Read | Write): boolean => invokedAt > at - BEFORE_MS && invokedAt <= at + 1;
  const reads = history.reads.filter((read) => read.key === key && isNear(read)).map((read) => ({ read, invokedAt: read.invokedAt }));
  const writes = history.writes
    .filter((write) => write.changes.some((change) => change.key === key) && isNear(write))
    .map((write) => ({ write, invokedAt: write.invokedAt }));
  return [...reads, ...writes]
    .sort((a, b) => a.invokedAt - b.invokedAt)
    .slice(-MAX_LINES)
    .map((one) => ('read' in one ? readLine(one.read, at) : writeLine(one.write, key ?? '', at)));
}

function readLine({ node, call, invokedAt, settledAt, answer, error }: Read, at: number): string {
  const told = error ?? `${answer?.n} from ${answer?.tier ?? 'somewhere'}${answer?.isFresh === false ? ', stale' : ''}`;
  return `${spanText(invokedAt, settledAt, at)} ${node} ${call}: ${told}`;
}

function writeLine({ node, call, changes, invokedAt, settledAt, error }: Write, key: string, at: number): string {
  const n = changes.find((change) => change.key === key)?.n;
  return `${spanText(invokedAt, settledAt, at)} ${node} ${call} of ${n}${error ? `: ${error}` : ''}`;
}

function spanText(from: number, to: number | undefined, at: number): string {
  return `${(from - at).toFixed(1)} … ${to === undefined ? 'never' : (to - at).toFixed(1)} ms`;
}
