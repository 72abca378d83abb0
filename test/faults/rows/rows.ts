import type { FaultRow } from '../fault-row.ts';
import { busRows } from './bus-rows.ts';
import { diskRows } from './disk-rows.ts';
import { fleetRows } from './fleet-rows.ts';
import { hungRedisRow } from './hung-redis-row.ts';
import { leaseRows } from './lease-rows.ts';
import { networkRows } from './network-rows.ts';
import { processRows } from './process-rows.ts';
import { redisBusRows } from './redis-bus-rows.ts';
import { redisRows } from './redis-rows.ts';
import { serviceRows } from './service-rows.ts';
import { soakRows } from './soak-rows.ts';
import { sourceRows } from './source-rows.ts';
import { valueRows } from './value-rows.ts';

/** Every row that is run, in the order of the matrix. */
export const rows: readonly FaultRow[] = [
  redisRows,
  [hungRedisRow],
  redisBusRows,
  fleetRows,
  busRows,
  networkRows,
  processRows,
  valueRows,
  sourceRows,
  leaseRows,
  diskRows,
  serviceRows,
  soakRows,
]
  .flat()
  .sort((a, b) => a.row - b.row);
