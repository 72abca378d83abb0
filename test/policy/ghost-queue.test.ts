import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GhostQueue } from '../../src/policy/ghost-queue.ts';

/** Hashes of which many have one place in the table. */
const hash = fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constantFrom(0, 64, 128, 256, 512, 1_024, -1_024, 0x7fff_ffff, -0x8000_0000));

test('ghosts are the keys that left last, each once, and are gone when they come back', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ does: fc.constant('add' as const), at: hash }) },
    { weight: 6, arbitrary: fc.record({ does: fc.constant('take' as const), at: hash }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('resize' as const), at: fc.integer({ min: 0, max: 20 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 800 }), (steps) => {
      const ghosts = new GhostQueue();
      let model: number[] = [];
      let limit = 0;
      for (const { does, at } of steps) {
        if (does === 'resize') {
          limit = at;
          ghosts.resize(limit);
          model = model.slice(Math.max(0, model.length - limit));
        } else if (does === 'add') {
          ghosts.add(at);
          if (limit > 0 && !model.includes(at)) model = [...model, at].slice(-limit);
        } else {
          expect(ghosts.take(at)).toBe(model.includes(at));
          model = model.filter((other) => other !== at);
        }
      }
      for (const left of model) expect(ghosts.take(left)).toBe(true);
      for (const left of model) expect(ghosts.take(left)).toBe(false);
    }),
  );
});
