import assert from 'node:assert/strict';
import { Pattern } from '../entry/pattern.ts';
import type { RemoteTier } from '../tiers/remote-tier.ts';

/** All that a scan tells. */
export async function collect(tier: RemoteTier, pattern: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of tier.scan(new Pattern(pattern))) keys.push(...batch);
  return keys;
}

/** Buffers and plain arrays of bytes are the same here. */
export function assertSame(actual: readonly (Uint8Array | undefined)[], expected: readonly (Uint8Array | undefined)[]): void {
  assert.equal(actual.length, expected.length);
  for (const [at, bytes] of actual.entries()) {
    const wanted = expected[at];
    const isSame = bytes === undefined || wanted === undefined ? bytes === wanted : Buffer.compare(bytes, wanted) === 0;
    assert.ok(isSame, `answer ${at} is ${describeBytes(bytes)} and should be ${describeBytes(wanted)}`);
  }
}

function describeBytes(bytes: Uint8Array | undefined): string {
  return bytes === undefined
    ? 'nothing'
    : `${bytes.length} bytes, ${JSON.stringify(Buffer.from(bytes).toString('latin1').slice(-24))} at their end`;
}
