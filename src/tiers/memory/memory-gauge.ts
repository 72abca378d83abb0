import { totalmem } from 'node:os';
import { getHeapSpaceStatistics, getHeapStatistics, type HeapSpaceInfo } from 'node:v8';

/** How much of something the process uses, and how much of it there is at most. */
export interface MemoryReading {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

/**
 * V8 counts its young generation into the limit of the heap, and does not tell how large that may
 * become: three half-spaces of up to 64 MB. What a cache keeps has no place in it.
 */
const YOUNG_BYTES = 192 * 1_024 ** 2;
/** In a small heap they are smaller: so much of the limit is young at most. */
const YOUNG_SHARE = 2 / 3;

/** Tells how much memory the process uses: one reading for each bound it has. */
export type MemoryGauge = () => readonly MemoryReading[];

/** What lives long on the heap against V8's own bound, and, where a container or a control group bounds the process, all that is resident against that. */
export const processGauge: MemoryGauge = () => {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  const usedBytes = used_heap_size - getHeapSpaceStatistics().reduce((sum, space) => sum + youngBytes(space), 0);
  const young = Math.min(YOUNG_BYTES, heap_size_limit * YOUNG_SHARE);
  const heap = { usedBytes, limitBytes: heap_size_limit - young };
  const constrained = process.constrainedMemory();
  // Without a bound it tells 0, or more than the machine has.
  if (constrained === 0 || constrained > totalmem()) return [heap];
  return [heap, { usedBytes: process.memoryUsage.rss(), limitBytes: constrained }];
};

function youngBytes({ space_name, space_used_size }: HeapSpaceInfo): number {
  return space_name.startsWith('new_') ? space_used_size : 0;
}
