import type { FaultRow } from '../fault-row.ts';
import { sourceRows } from './source-rows.ts';

/** Every row that is run, in the order of the matrix. */
export const rows: readonly FaultRow[] = [...sourceRows].sort((a, b) => a.row - b.row);
