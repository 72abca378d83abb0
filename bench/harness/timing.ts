import type { Effort } from './effort.ts';
import { median } from './statistics.ts';

/** What one operation took, in nanoseconds. */
export interface Timing {
  /** Of the main thread's processor time, which a neighbour on the machine does not add to. */
  readonly cpu: number;
  readonly wall: number;
}

/** Does its operations `passes` times over, and throws when an answer is wrong. */
export type Work = (passes: number) => void | Promise<void>;

/** Times `work`, of which one pass is `operations` operations: warm, then in slices. */
export async function timed(effort: Effort, operations: number, work: Work): Promise<Timing> {
  // What was set up lies where it will stay, so that no collector moves it while it is measured.
  globalThis.gc?.();
  const passes = await warmedUp(effort, work);
  const slices: Timing[] = [];
  for (let slice = 0; slice < effort.slices; slice += 1) slices.push(await timeOf(work, passes, operations));
  return { cpu: median(slices.map(({ cpu }) => cpu)), wall: median(slices.map(({ wall }) => wall)) };
}

/** Times `work` that cannot be done twice, of `operations` operations; whoever calls has made it warm. */
export async function timedOnce(operations: number, work: () => Promise<void>): Promise<Timing> {
  globalThis.gc?.();
  return timeOf(work, 1, operations);
}

/** Works until it is warm; tells how many passes make a slice. */
async function warmedUp({ warmUpMs, sliceMs }: Effort, work: Work): Promise<number> {
  const startedAt = performance.now();
  let passes = 1;
  for (;;) {
    const passAt = performance.now();
    await work(passes);
    const now = performance.now();
    if (now - passAt >= sliceMs && now - startedAt >= warmUpMs) return passes;
    if (now - passAt < sliceMs) passes = Math.ceil(Math.min(passes * 4, (passes * sliceMs * 1.2) / Math.max(now - passAt, 0.001)));
  }
}

async function timeOf(work: Work, passes: number, operations: number): Promise<Timing> {
  const wallAt = performance.now();
  const cpuAt = process.threadCpuUsage();
  await work(passes);
  const { user, system } = process.threadCpuUsage(cpuAt);
  const wallMs = performance.now() - wallAt;
  const count = passes * operations;
  return { cpu: ((user + system) * 1e3) / count, wall: (wallMs * 1e6) / count };
}
