import type { FaultRow } from '../fault-row.ts';
import { busRows } from './bus-rows.ts';
import { networkRows } from './network-rows.ts';
import { processRows } from './process-rows.ts';
import { redisRows } from './redis-rows.ts';
import { sourceRows } from './source-rows.ts';

/** Every row that is run, in the order of the matrix. */
export const rows: readonly FaultRow[] = [...redisRows, ...busRows, ...networkRows, ...processRows, ...sourceRows].sort(
  (a, b) => a.row - b.row,
);
