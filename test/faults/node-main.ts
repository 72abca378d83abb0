import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { patternOf } from './keyspace.ts';
import { type NodeNews, type NodePlan, type NodeReply, type NodeRequest, now, type SourcePlan } from './node-plan.ts';
import type { Kept, Subject } from './subject.ts';
import { Truth } from './truth.ts';

const OBJECT_SPACES = ['new_space', 'old_space', 'new_large_object_space', 'large_object_space'];

/** A process of its own with a cache in it, which does what it is asked over IPC and tells when it began and ended. */
const plan = JSON.parse(process.argv[2] ?? '') as NodePlan;
const truth = Truth.open(plan.truthFile, plan.keys);
const hoarded: number[] = [];
let hoarding: NodeJS.Timeout | undefined;
let source: SourcePlan = plan.source ?? { mode: 'fine', delayMs: 5 };
let loads = 0;
let collectGarbage: (() => void) | undefined;
let opened: Promise<readonly Subject[]> | undefined;

function tell(news: NodeNews | NodeReply): void {
  // The harness may be gone, or this process about to be.
  if (process.connected) process.send?.(news, undefined, undefined, () => {});
}

function note(what: string): (reason: unknown) => void {
  return (reason) => {
    const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    tell({ accident: { what: `${what}: ${text}`, at: now() } });
  };
}
process.on('unhandledRejection', note('unhandled rejection'));
process.on('uncaughtException', note('uncaught exception'));
process.on('disconnect', () => process.exit(0));

function load(key: string): Promise<Kept> {
  const { mode, delayMs, leastMs = 0 } = source;
  loads += 1;
  if (mode === 'throwing') throw new Error('the source throws');
  return (async () => {
    if (mode === 'failing') throw new Error('the source is down');
    if (mode === 'hanging') return new Promise<never>(() => {});
    // The number is read when it is asked for, so that it is as old as the version it gets.
    const kept = { key, n: truth.read(key) };
    if (delayMs > 0) await sleep(leastMs + Math.random() * (delayMs - leastMs));
    return kept;
  })();
}

/** The number of what was kept; bytes that were written for another key are an accident. */
function numberOf(key: string, kept: Kept | undefined): number | undefined {
  if (kept === undefined) return undefined;
  if (kept.key !== key || typeof kept.n !== 'number') note('wrong bytes')(`${JSON.stringify(kept)} under ${key}`);
  return kept.n;
}

/** What a node says beside when. */
type Said = Pick<NodeReply, 'answer' | 'state' | 'heapBytes'>;

async function answer(subject: Subject, request: NodeRequest): Promise<Said> {
  switch (request.call) {
    case 'peek':
      return { answer: { n: numberOf(request.key, subject.peek(request.key)), isFresh: true, tier: 'memory' } };
    case 'get':
      return { answer: { n: numberOf(request.key, await subject.get(request.key)), isFresh: true } };
    case 'load': {
      const { kept, isFresh, tier } = await subject.load(request.key, load);
      return { answer: { n: numberOf(request.key, kept), isFresh, tier } };
    }
    case 'set':
      await subject.set(request.key, { key: request.key, n: request.n });
      return {};
    case 'delete':
      await subject.delete(request.key);
      return {};
    case 'tag':
      await subject.invalidateTag(request.group);
      return {};
    case 'pattern':
      await subject.invalidatePattern(patternOf(request.group));
      return {};
    case 'clear':
      await subject.clear();
      return {};
    case 'flush':
      await subject.flush();
      return {};
    case 'close':
      await Promise.all((await open()).map((each) => each.close()));
      return {};
    case 'state':
      return { state: { ...subject.state(), loads, rssBytes: process.memoryUsage.rss() } };
    case 'heap':
      collectGarbage ??= exposedCollection();
      collectGarbage();
      return { heapBytes: bytesOfObjects() };
    case 'source':
      source = request.source;
      return {};
    case 'bus':
      subject.befallBus(request.fault);
      return {};
    case 'hoard':
      hoard(request.isOn);
      return {};
    case 'stall': {
      const until = now() + request.ms;
      while (now() < until);
      return {};
    }
  }
}

/** What objects take of the heap, without code: that grows as it is compiled, for minutes. */
function bytesOfObjects(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => OBJECT_SPACES.includes(name));
  return spaces.reduce((sum, { space_used_size: used }) => sum + used, 0);
}

/** V8's own function, had without a flag of the process. */
function exposedCollection(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

/** Takes every descriptor there is, and each that becomes free. */
function hoard(isOn: boolean): void {
  clearInterval(hoarding);
  if (isOn) hoarding = setInterval(takeAll, 1);
  else for (const file of hoarded.splice(0)) closeSync(file);
}

function takeAll(): void {
  try {
    for (;;) hoarded.push(openSync(plan.truthFile, 'r'));
  } catch {
    // There are no more.
  }
}

const create = await factoryOf(plan);
if (!plan.opensWhenAsked) await open();

process.on('message', (request: NodeRequest & { readonly id: number }) => {
  const { id, member = 0, call } = request;
  const invokedAt = now();
  const settled = (rest: Omit<NodeReply, 'id' | 'invokedAt' | 'settledAt'>): void => {
    tell({ id, invokedAt, settledAt: now(), ...rest });
    if (call === 'close') process.disconnect();
  };
  const answered = async (): Promise<Said> => answer((await open())[member] as Subject, request);
  answered().then(settled, (error: unknown) =>
    settled({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
});
tell({ ready: true });

/** The caches, ready; made when they are first asked for. */
function open(): Promise<readonly Subject[]> {
  opened ??= (async () => {
    const subjects = await create();
    await Promise.all(subjects.map((subject) => subject.ready()));
    return subjects;
  })();
  return opened;
}

/** Loads the code of the library, and tells how its caches are made. */
async function factoryOf({ library = 'tiercel' }: NodePlan): Promise<() => Subject[] | Promise<Subject[]>> {
  if (library === 'tiercel') {
    const { tiercelSubjects } = await import('./tiercel-subject.ts');
    return () => tiercelSubjects(plan);
  }
  if (library === 'bentocache') {
    const { bentocacheSubjects } = await import('./peers/bentocache-subject.ts');
    return () => bentocacheSubjects(plan);
  }
  const { cacheableSubjects } = await import('./peers/cacheable-subject.ts');
  return () => cacheableSubjects(plan);
}
