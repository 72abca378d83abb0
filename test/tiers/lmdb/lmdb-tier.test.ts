import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from 'vitest';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { TOMBSTONE_MS } from '../../../src/testing/tier-subject.ts';
import { describeRemoteTier } from '../../../src/testing/tier-suite.ts';
import { lmdb } from '../../../src/tiers/lmdb/lmdb-tier.ts';

const root = mkdtempSync(join(tmpdir(), 'tiercel-lmdb-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeRemoteTier(
  'LmdbTier',
  () => {
    const clock = new FakeClock();
    const tier = lmdb({ path: mkdtempSync(join(root, 's-')), clock, tombstoneFor: TOMBSTONE_MS });
    return { tier, now: () => clock.now(), pass: (ms) => clock.advance(ms) };
  },
  { describe, test },
);
