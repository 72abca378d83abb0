import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/entry/codec/tensor.ts';
import { ValueError } from '../../../src/errors.ts';

describe('tensor', () => {
  test('is plain data with a shape', () => {
    const data = new Float32Array(6);
    expect(tensor(data, [2, 3])).toEqual({ shape: [2, 3], data });
    expect(tensor(data, [2, 3]).data).toBe(data);
    expect(tensor(new Float64Array(1), [])).toEqual({ shape: [], data: new Float64Array(1) });
    expect(tensor(new Float64Array(0), [0, 5])).toEqual({ shape: [0, 5], data: new Float64Array(0) });
  });

  test.each([[[2, 2]], [[-2, -3]], [[1.5, 4]], [[Number.NaN]], [[2 ** 53, 2 ** 53]], [[]]])(
    'refuses the shape %j for six numbers',
    (shape) => {
      expect(() => tensor(new Float32Array(6), shape)).toThrow(ValueError);
    },
  );

  test('says what is wrong with a shape', () => {
    expect(() => tensor(new Float32Array(6), [2, 2])).toThrow(
      'The shape [2, 2] does not fit 6 numbers; its product must be their count (at $.shape)',
    );
  });
});
