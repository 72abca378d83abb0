import { ValueError } from '../../errors.ts';
import { isPlainArray } from './plain.ts';
import { type TypedArray, typedArrayKind } from './typed-array.ts';

/**
 * Numbers with a shape, row by row: a window of 60 bars by 12 features is
 * `{ shape: [60, 12], data }` with 720 numbers.
 *
 * It is plain data: any record of these two properties, in this order, whose
 * shape fits its data is one, and it passes to workers as it is.
 */
export interface Tensor<T extends TypedArray = TypedArray> {
  readonly shape: readonly number[];
  readonly data: T;
}

/** A tensor of `data`, which is not copied. @throws ValueError when `shape` does not fit it. */
export function tensor<T extends TypedArray>(data: T, shape: readonly number[]): Tensor<T> {
  if (!fits(shape, data.length)) {
    throw new ValueError(`The shape [${shape.join(', ')}] does not fit ${data.length} numbers; its product must be their count`, '$.shape');
  }
  return { shape, data };
}

/** Whether a record whose names are `shape` and `data` is a tensor. */
export function isTensor(value: { readonly shape?: unknown; readonly data?: unknown }): value is Tensor {
  const { shape, data } = value;
  if (typeof shape !== 'object' || shape === null || !isPlainArray(shape)) return false;
  return ArrayBuffer.isView(data) && typedArrayKind(data) !== undefined && fits(shape, (data as TypedArray).length);
}

/** Whether `shape` is a list of sizes from 0 up whose product is `count`. */
export function fits(shape: readonly unknown[], count: number): boolean {
  let product = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || Object.is(size, -0) || (size as number) < 0) return false;
    product *= size as number;
  }
  return product === count;
}
