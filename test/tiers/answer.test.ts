import { describe, expect, test } from 'vitest';
import { chain, together } from '../../src/tiers/answer.ts';

describe('an answer', () => {
  test('is made into another now if it is there now, else when it comes', async () => {
    const double = (value: number) => value * 2;
    expect(chain(2, double)).toBe(4);
    const later = chain(Promise.resolve(2), double);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(4);
    expect(await chain(2, async (value) => value * 2)).toBe(4);
  });

  test('that fails is not made into another', async () => {
    const failed: Promise<number> = Promise.reject(new Error('gone'));
    await expect(chain(failed, () => 1)).rejects.toThrow('gone');
  });

  test('is together with others now if all are there now, in their order', async () => {
    const answers = [1, 2, 3];
    expect(together(answers)).toEqual([1, 2, 3]);
    expect(together([])).toEqual([]);
    const later = together([1, Promise.resolve(2), 3]);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toEqual([1, 2, 3]);
  });
});
