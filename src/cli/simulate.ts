import { statSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../errors.ts';
import type { PolicyName } from '../policy/eviction-policy.ts';
import { POLICIES } from '../policy/policies.ts';
import { beladyHitRatio } from '../simulator/belady.ts';
import { hitRatioChart } from '../simulator/chart.ts';
import { simulate as run } from '../simulator/simulation.ts';
import type { Trace } from '../simulator/trace.ts';
import { readTrace } from '../simulator/trace-reader.ts';
import { type Call, type Command, UsageError } from './command.ts';
import { Progress } from './progress.ts';
import { columns } from './table.ts';
import { print, printJson, tone } from './terminal.ts';

/** The optimum, which is simulated like a policy and is none. */
const BELADY = 'belady';

const NAMES = [...Object.keys(POLICIES), BELADY];

/** Unless told, caches are of so many hundredths of the keys. */
const DEFAULT_SIZES = '0.1%,1%,5%,10%,25%';

/** What a policy hits in a cache of a size; the form that `--json` prints. */
interface Cell {
  readonly policy: string;
  readonly size: number;
  readonly hitRatio: number;
  readonly byteHitRatio?: number;
}

/** `tiercel simulate TRACE` */
export const simulate: Command = {
  usage: 'simulate TRACE [--sizes N,…] [--policies NAME,…] [--bytes] [--ttl SECONDS] [--json | --csv] [--svg FILE]',
  help:
    'Replays a trace of requests through eviction policies, and tells what share of them each would have answered. ' +
    'A trace has a line a request: key, or key,seconds, or key,seconds,bytes; it may be compressed (.gz, .zst). ' +
    `The last policy, ${BELADY}, knows the future: nobody hits more.`,
  args: [1, 1],
  options: {
    sizes: { value: 'N,…', help: `Sizes of the cache, in entries or in hundredths of the keys (default ${DEFAULT_SIZES})` },
    policies: { value: 'NAME,…', help: `Which policies (default all: ${NAMES.join(', ')})` },
    bytes: { help: 'Sizes are in bytes, and hundredths are of all bytes; the trace must tell sizes' },
    ttl: { value: 'SECONDS', help: 'Entries die so long after they came; the trace must tell times' },
    csv: { help: 'Print lines of policy,size,hitRatio' },
    svg: { value: 'FILE', help: 'Draw the curves into a file' },
  },
  examples: [
    'tiercel simulate requests.txt.gz',
    'tiercel simulate requests.txt --sizes 1000,10000 --policies hybrid,lru',
    'tiercel simulate requests.txt.zst --bytes --sizes 1%,10% --svg curves.svg',
  ],
  async run(call) {
    const policies = policiesOf(call);
    const path = call.args[0] ?? '';
    const progress = new Progress();
    const trace = await readTrace(path, (bytes) => progress.tell(`reading ${path}`, bytes / sizeOfFile(path)));
    const inBytes = call.has('bytes');
    const ttlSeconds = ttlOf(call, trace);
    if (inBytes && !trace.sizes) throw new UsageError(`"${path}" tells no sizes; leave out --bytes, or give a trace of key,seconds,bytes`);
    const sizes = sizesOf(call, trace);
    const cells: Cell[] = [];
    for (const policy of policies) {
      for (const size of sizes) {
        progress.tell(`${policy} with ${size}`, cells.length / (policies.length * sizes.length));
        if (policy === BELADY) cells.push({ policy, size, hitRatio: beladyHitRatio(trace, size) });
        else cells.push(cellOf(trace, policy as PolicyName, size, inBytes, ttlSeconds));
      }
    }
    progress.end();
    const report = { trace: trace.name, requests: trace.length, unique: trace.unique, results: cells };
    const svg = call.value('svg');
    if (svg !== undefined) writeChart(svg, hitRatioChart(report));
    if (call.has('json')) printJson(report);
    else if (call.has('csv'))
      print(['policy,size,hitRatio', ...cells.map(({ policy, size, hitRatio }) => `${policy},${size},${hitRatio}`)].join('\n'));
    else print(tableOf(report));
    return 0;
  },
};

function cellOf(trace: Trace, policy: PolicyName, size: number, inBytes: boolean, ttlSeconds: number | undefined): Cell {
  const { hitRatio, byteHitRatio } = run(trace, policy, { size, inBytes, ...(ttlSeconds !== undefined && { ttlSeconds }) });
  return { policy, size, hitRatio, ...(byteHitRatio !== undefined && { byteHitRatio }) };
}

/** The optimum counts entries that never die; where that is not what is asked, it is left out unless it was asked for. */
function policiesOf(call: Call): readonly string[] {
  const isPlain = !call.has('bytes') && call.value('ttl') === undefined;
  const names = call.value('policies')?.split(',') ?? NAMES.filter((name) => isPlain || name !== BELADY);
  for (const name of names) {
    if (!NAMES.includes(name)) throw new UsageError(`There is no policy "${name}"; there are ${NAMES.join(', ')}`);
    if (name === BELADY && !isPlain) throw new UsageError(`${BELADY} counts entries that never die; leave it out with --bytes or --ttl`);
  }
  return names;
}

function sizesOf(call: Call, trace: Trace): readonly number[] {
  const whole = call.has('bytes') ? bytesOf(trace) : trace.unique;
  const sizes = (call.value('sizes') ?? DEFAULT_SIZES).split(',').map((text) => {
    const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
    const number = Number(digits);
    const size = percent ? Math.max(1, Math.round((number / 100) * whole)) : number;
    if (digits === undefined || !Number.isInteger(size) || size < 1)
      throw new UsageError(`--sizes has "${text}"; write whole numbers from 1 up or hundredths: --sizes 100,1000 or --sizes 1%,10%`);
    return size;
  });
  return [...new Set(sizes)];
}

/** What all keys weigh together, each as it weighed last. */
function bytesOf({ requests, sizes, unique }: Trace): number {
  const weights = new Float64Array(unique);
  for (const [at, key] of requests.entries()) weights[key] = sizes?.[at] ?? 0;
  return weights.reduce((sum, weight) => sum + weight, 0);
}

function ttlOf(call: Call, trace: Trace): number | undefined {
  const text = call.value('ttl');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) throw new UsageError(`--ttl is "${text}"; write a number of seconds above 0`);
  if (!trace.times) throw new UsageError(`"${trace.name}" tells no times; leave out --ttl, or give a trace of key,seconds`);
  return seconds;
}

/** @throws ConfigError when it cannot be written. */
function writeChart(path: string, chart: string): void {
  try {
    writeFileSync(path, chart);
  } catch (cause) {
    throw new ConfigError(`The chart "${path}" cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function sizeOfFile(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? Number.POSITIVE_INFINITY;
}

function tableOf({
  trace,
  requests,
  unique,
  results,
}: {
  trace: string;
  requests: number;
  unique: number;
  results: readonly Cell[];
}): string {
  const sizes = [...new Set(results.map(({ size }) => size))];
  const byPolicy = Map.groupBy(results, ({ policy }) => policy);
  const best = sizes.map((size) =>
    Math.max(...results.filter((cell) => cell.size === size && cell.policy !== BELADY).map(({ hitRatio }) => hitRatio)),
  );
  const rows = [...byPolicy].map(([policy, cells]) => [
    policy,
    ...cells.map(({ hitRatio }, at) => {
      const text = `${(hitRatio * 100).toFixed(2)} %`;
      return policy !== BELADY && hitRatio === best[at] ? tone('good', text) : text;
    }),
  ]);
  const head = ['', ...sizes.map((size) => tone('strong', String(size)))];
  const about = `${trace}: ${requests} requests for ${unique} keys; the share answered, by size of the cache`;
  return [about, '', columns([head, ...rows], ['left', ...sizes.map(() => 'right' as const)])].join('\n');
}
