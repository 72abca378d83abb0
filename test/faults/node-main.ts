import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { patternOf } from './keyspace.ts';
import { type NodeNews, type NodePlan, type NodeReply, type NodeRequest, now, type SourcePlan } from './node-plan.ts';
import type { Kept, Subject } from './subject.ts';
import { Truth } from './truth.ts';

/** A process of its own with a cache in it, which does what it is asked over IPC and tells when it began and ended. */
const plan = JSON.parse(process.argv[2] ?? '') as NodePlan;
const truth = Truth.open(plan.truthFile, plan.keys);
const hoarded: number[] = [];
let hoarding: NodeJS.Timeout | undefined;
let source: SourcePlan = { mode: 'fine', delayMs: 5 };

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
  const { mode, delayMs } = source;
  if (mode === 'throwing') throw new Error('the source throws');
  return (async () => {
    if (mode === 'failing') throw new Error('the source is down');
    if (mode === 'hanging') return new Promise<never>(() => {});
    // The number is read when it is asked for, so that it is as old as the version it gets.
    const kept = { key, n: truth.read(key) };
    if (delayMs > 0) await sleep(Math.random() * delayMs);
    return kept;
  })();
}

/** The number of what was kept; bytes that were written for another key are an accident. */
function numberOf(key: string, kept: Kept | undefined): number | undefined {
  if (kept === undefined) return undefined;
  if (kept.key !== key || typeof kept.n !== 'number') note('wrong bytes')(`${JSON.stringify(kept)} under ${key}`);
  return kept.n;
}

async function answer(subject: Subject, request: NodeRequest): Promise<Pick<NodeReply, 'answer' | 'state'>> {
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
      await Promise.all(subjects.map((each) => each.close()));
      return {};
    case 'state':
      return { state: { ...subject.state(), rssBytes: process.memoryUsage.rss() } };
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

const subjects = await subjectsOf(plan);
await Promise.all(subjects.map((subject) => subject.ready()));

process.on('message', (request: NodeRequest & { readonly id: number }) => {
  const { id, member = 0, call } = request;
  const invokedAt = now();
  const settled = (rest: Omit<NodeReply, 'id' | 'invokedAt' | 'settledAt'>): void => {
    tell({ id, invokedAt, settledAt: now(), ...rest });
    if (call === 'close') process.disconnect();
  };
  answer(subjects[member] as Subject, request).then(settled, (error: unknown) =>
    settled({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
});
tell({ ready: true });

async function subjectsOf({ library = 'tiercel' }: NodePlan): Promise<Subject[]> {
  if (library === 'tiercel') return (await import('./tiercel-subject.ts')).tiercelSubjects(plan);
  if (library === 'bentocache') return (await import('./peers/bentocache-subject.ts')).bentocacheSubjects(plan);
  return (await import('./peers/cacheable-subject.ts')).cacheableSubjects(plan);
}
