import { createWriteStream } from 'node:fs';
import type { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { ConfigError } from '../errors.ts';
import { systemClock } from '../time/clock.ts';
import { type Duration, SECOND, toMs } from '../time/duration.ts';
import { type Call, CLIENT_OPTIONS, type Command, UsageError } from './command.ts';
import { bytes, count } from './figures.ts';
import { Progress } from './progress.ts';
import { ServiceClient, ServiceError } from './service-client.ts';
import { complain, print, printJson } from './terminal.ts';

/** Stands for standard output in the place of a file. */
const STANDARD_OUTPUT = '-';
const DEFAULT_FOR = '1m';
const MAX_SECONDS = 3_600;
/** A recording that ends by so much too early has been ended. */
const EARLY_SECONDS = 1;
/** A file of such a name would be taken for something else than it is. */
const OTHER_PACKING = /\.(bz2|xz|br|lz4|zip|7z|Z)$/;

/** What was recorded; the form that `--json` prints. */
interface Recorded {
  readonly file: string;
  readonly accesses: number;
  /** Bytes of lines, before they were compressed. */
  readonly bytes: number;
  /** When the last access was, from the start. */
  readonly seconds: number;
}

/** `tiercel trace FILE` */
export const trace: Command = {
  usage: 'trace FILE [--for TIME] [--json]',
  help: 'Records what a running service reads of its memory and takes into it, for tiercel simulate: lines of key,seconds,bytes. The keys are hashed, anew in each recording, and never told. FILE may end in .gz or .zst, and - is standard output. Ctrl-C ends it early, and leaves a whole file.',
  args: [1, 1],
  options: {
    ...CLIENT_OPTIONS,
    for: { value: 'TIME', help: `How long, from 1s to 1h (default ${DEFAULT_FOR})` },
  },
  examples: ['tiercel trace accesses.txt.zst --for 10m', 'tiercel trace - --for 10s | head'],
  async run(call) {
    const file = call.args[0] ?? '';
    const seconds = secondsIn(call);
    if (OTHER_PACKING.test(file))
      throw new UsageError(`"${file}" cannot be packed so; name a file that ends in .gz or .zst, or in neither`);
    if (file === STANDARD_OUTPUT && call.has('json'))
      throw new UsageError('--json and the trace cannot both go to standard output; leave out --json, or name a file');
    const recorded = await record(ServiceClient.of(call), file, seconds);
    if (call.has('json')) printJson(recorded);
    else if (file === STANDARD_OUTPUT) complain(wordsOf(recorded));
    else print(wordsOf(recorded));
    return 0;
  },
};

function secondsIn(call: Call): number {
  const text = call.value('for') ?? DEFAULT_FOR;
  let ms = Number.NaN;
  try {
    ms = toMs(text as Duration);
  } catch {
    // It is refused below.
  }
  if (ms >= SECOND && ms <= MAX_SECONDS * SECOND) return ms / SECOND;
  throw new UsageError(`--for is "${text}"; write a time from 1s to 1h, such as 60s or 10m`);
}

/** @throws ServiceError when the recording broke off; what came until then is in the file. */
async function record(client: ServiceClient, file: string, seconds: number): Promise<Recorded> {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const lines = new TraceLines(await client.stream(`/v1/trace?seconds=${seconds}`, stopped.signal), stopped.signal, file, seconds);
  try {
    await write(lines, file);
  } finally {
    stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  const { accesses, bytes: length, lastSeconds, failure, endedAfter } = lines;
  const place = file === STANDARD_OUTPUT ? 'what was printed' : file;
  if (endedAfter < seconds - EARLY_SECONDS)
    throw new ServiceError(
      `The service ended the recording after ${endedAfter.toFixed(1)} s: it stops; ${place} holds the ${count(accesses)} accesses until then, and is whole`,
    );
  if (failure === undefined) return { file, accesses, bytes: length, seconds: lastSeconds };
  throw new ServiceError(
    `The recording broke off after ${lastSeconds.toFixed(1)} s: the service ended, or the trace was written too slowly; ${place} holds the ${count(accesses)} accesses until then`,
    undefined,
    { cause: failure },
  );
}

/** Writes lines into a file, compressed as its name says. */
async function write(lines: TraceLines, file: string): Promise<void> {
  const isPrinted = file === STANDARD_OUTPUT;
  const sink: Writable = isPrinted ? process.stdout : createWriteStream(file);
  const packing: Transform | undefined = file.endsWith('.gz') ? createGzip() : file.endsWith('.zst') ? createZstdCompress() : undefined;
  try {
    if (packing) await pipeline(lines, packing, sink);
    else await pipeline(lines, sink, { end: !isPrinted });
  } catch (cause) {
    // Who reads the output has seen enough.
    if (isPrinted && (cause as NodeJS.ErrnoException).code === 'EPIPE') return;
    throw new ConfigError(`The file "${file}" cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** The lines of a recording as they come, whole ones only, until it ends, breaks off or is stopped. */
class TraceLines implements AsyncIterable<string> {
  readonly #parts: AsyncIterable<Uint8Array>;
  readonly #stopped: AbortSignal;
  readonly #what: string;
  readonly #seconds: number;
  readonly #progress = new Progress();
  accesses = 0;
  bytes = 0;
  /** When the last access was, from the start. */
  lastSeconds = 0;
  /** After how many seconds the service ended it, if it did. */
  endedAfter: number = Number.POSITIVE_INFINITY;
  /** Why it broke off, if it did. */
  failure: unknown;

  constructor(parts: AsyncIterable<Uint8Array>, stopped: AbortSignal, file: string, seconds: number) {
    this.#parts = parts;
    this.#stopped = stopped;
    this.#what = file;
    this.#seconds = seconds;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let rest = '';
    const begunAt = systemClock.monotonic();
    try {
      for await (const part of this.#parts) {
        const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        const told = lines.filter((line) => line !== '');
        this.#count(told);
        if (told.length > 0) yield `${told.join('\n')}\n`;
      }
      if (!this.#stopped.aborted) this.endedAfter = (systemClock.monotonic() - begunAt) / SECOND;
    } catch (error) {
      if (!this.#stopped.aborted) this.failure = error;
    } finally {
      this.#progress.end();
    }
  }

  #count(lines: readonly string[]): void {
    this.accesses += lines.length;
    this.bytes += lines.reduce((sum, line) => sum + line.length + 1, 0);
    const last = lines.at(-1);
    if (last !== undefined) this.lastSeconds = Number(last.split(',')[1]);
    this.#progress.tell(
      `${this.#what}: ${count(this.accesses)} accesses, ${bytes(this.bytes)}; Ctrl-C ends it`,
      this.lastSeconds / this.#seconds,
    );
  }
}

function wordsOf({ file, accesses, bytes: length, seconds }: Recorded): string {
  if (accesses === 0) return 'Nothing was read of memory or taken into it meanwhile, so the trace is empty; record for longer with --for';
  const summary = `${count(accesses)} accesses in ${seconds.toFixed(1)} s, ${bytes(length)} of lines`;
  return file === STANDARD_OUTPUT ? summary : `${file} has ${summary}; replay it with: tiercel simulate ${file}`;
}
