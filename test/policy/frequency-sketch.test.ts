import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrequencySketch } from '../../src/policy/frequency-sketch.ts';
import { hashOf } from '../../src/policy/key-hash.ts';

const hashes = Array.from({ length: 200 }, (_, at) => hashOf(`key ${at}`, 7));

describe('a frequency sketch', () => {
  test('tells no less than was counted, up to fifteen, whatever its size has been', () => {
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.record({ does: fc.constant('add' as const), at: fc.nat(hashes.length - 1) }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constant('resize' as const), at: fc.integer({ min: 1, max: 3_000 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { size: 'max', maxLength: 600 }), (steps) => {
        const sketch = new FrequencySketch();
        const counts = new Map<number, number>();
        sketch.resize(64);
        for (const { does, at } of steps) {
          if (does === 'resize') {
            sketch.resize(at);
            continue;
          }
          const hash = hashes[at]!;
          sketch.add(hash);
          counts.set(hash, (counts.get(hash) ?? 0) + 1);
        }
        // Less than one period of 640 counts: nothing was halved.
        for (const [hash, count] of counts) expect(sketch.estimate(hash)).toBeGreaterThanOrEqual(Math.min(15, count));
      }),
    );
  });

  test('tells hardly more than was counted while it has room', () => {
    const sketch = new FrequencySketch();
    sketch.resize(1_000);
    for (const hash of hashes) for (let count = 0; count < 3; count += 1) sketch.add(hash);
    const wrong = hashes.filter((hash) => sketch.estimate(hash) !== 3);
    expect(wrong.length).toBeLessThan(hashes.length / 50);
    const strangers = Array.from({ length: 1_000 }, (_, at) => sketch.estimate(hashOf(`stranger ${at}`, 7)));
    expect(strangers.filter((count) => count > 0).length).toBeLessThan(20);
  });

  test('forgets old fame: after ten counts for each entry all are halved', () => {
    const sketch = new FrequencySketch();
    sketch.resize(64);
    const famous = hashOf('famous', 7);
    for (let count = 0; count < 15; count += 1) sketch.add(famous);
    expect(sketch.estimate(famous)).toBe(15);
    for (let at = 0; at < 2 * 640; at += 1) sketch.add(hashOf(`other ${at}`, 7));
    expect(sketch.estimate(famous)).toBeLessThan(15);
    for (let at = 0; at < 20 * 640; at += 1) sketch.add(hashOf(`another ${at}`, 7));
    expect(sketch.estimate(famous)).toBeLessThan(8);
  });
});
