import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };

/** What a scenario's rounds told of one subject. */
export interface SubjectResult {
  readonly name: string;
  /** By metric, round by round. */
  readonly figures: Readonly<Record<string, readonly number[]>>;
}

/** What a scenario told, when, and on what. */
export interface Result {
  readonly scenario: string;
  readonly measuredAt: string;
  readonly node: string;
  readonly machine: string;
  /** The versions of the packages measured. */
  readonly versions: Readonly<Record<string, string>>;
  readonly subjects: readonly SubjectResult[];
}

const MEASURED = [
  'lru-cache',
  'mnemonist',
  'quick-lru',
  'tiny-lru',
  '@isaacs/ttlcache',
  'layered-loader',
  'async-cache-dedupe',
  'cache-manager',
  'bentocache',
  'cacheable',
  'cbor-x',
  'lmdb',
];

/** A result of here and now. */
export function resultOf(scenario: string, subjects: readonly SubjectResult[]): Result {
  const packages: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies };
  return {
    scenario,
    measuredAt: new Date().toISOString().slice(0, 10),
    node: process.version.slice(1),
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? process.arch}, ${process.platform} ${process.arch}`,
    versions: Object.fromEntries(MEASURED.map((name) => [name, packages[name] ?? ''])),
    subjects,
  };
}

/** Keeps a result in `folder`. */
export async function writeResult(folder: string, result: Result): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Numbers of a metric on one line, as the formatter has them.
  const text = JSON.stringify(result, null, 2).replace(/\[[\d\s.,e+-]*\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  await writeFile(join(folder, `${result.scenario}.json`), `${text}\n`);
}

/** The result of a scenario that is kept in `folder`, if there is one. */
export async function readResult(folder: string, scenario: string): Promise<Result | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, `${scenario}.json`), 'utf8')) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
