import { describe, expect, test } from 'vitest';
import { type FaultRow, runRow, whySkipped } from './fault-row.ts';
import { crashRow } from './rows/process-rows.ts';
import { rows } from './rows/rows.ts';
import { embeddedBus, embeddedTier } from './rows/topologies.ts';
import { soak } from './soak.ts';

/** The part of the fault matrix that is run with every test; all of it is `npm run test:faults`. */
const PART = [
  'L2 killed under load',
  'L2 half-open',
  'bus partitioned for one node, healed',
  'hot key',
  'hot keys of eight processes, one of which dies',
];

const part: readonly FaultRow[] = [...rows.filter(({ fault }) => PART.includes(fault)), crashRow(6)];

describe('under faults, a fleet keeps the invariants', () => {
  test.for(part)('$row: $fault', { timeout: 60_000 }, async (row, { skip }) => {
    const why = whySkipped(row);
    if (why !== undefined) return skip(why);
    const { violations, operations } = await runRow(row);
    expect(violations).toEqual([]);
    expect(operations).toBeGreaterThan(row.fault.startsWith('hot keys') ? 100 : 500);
  });

  test('30: random operations under random cuts of the embedded bus', { timeout: 60_000 }, async () => {
    const { violations, operations, happened } = await soak({
      seed: 30,
      operations: 2_000,
      ratePerMember: 400,
      faultsWithin: ['cut', 'silent cut', 'rough'],
      auditAgesMs: [0, 1_000, 10_000],
      bus: embeddedBus,
      tier: embeddedTier,
    });
    expect(violations).toEqual([]);
    expect(operations).toBeGreaterThan(4_000);
    expect(happened).toMatch(/\d{3,} audits/);
  });
});
