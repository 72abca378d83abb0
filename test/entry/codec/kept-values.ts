import fc from 'fast-check';

const typedArrays = [
  fc.uint8Array({ size: 'max', maxLength: 300 }),
  fc.uint8ClampedArray(),
  fc.uint16Array(),
  fc.uint32Array(),
  fc.int8Array(),
  fc.int16Array(),
  fc.int32Array(),
  fc.float32Array({ size: 'max', maxLength: 300 }),
  fc.float64Array({ size: 'max', maxLength: 300 }),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
];

/** Text of all kinds: no halves of surrogate pairs. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.string() },
  { weight: 4, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.string({ size: 'max', maxLength: 300 }) },
);

/** Numbers of all kinds: −0, NaN and the infinities too. */
export const number: fc.Arbitrary<number> = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double(), fc.float(), fc.constantFrom(0, -0));

/** What may stand in a column. */
export const scalar: fc.Arbitrary<unknown> = fc.oneof(
  number,
  text,
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
);

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 1, arbitrary: fc.date({ noInvalidDate: true }) },
  ...typedArrays.map((arbitrary) => ({ weight: 1, arbitrary })),
  { weight: 1, arbitrary: fc.uint8Array().map((bytes) => bytes.slice().buffer) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(5), fc.nat(5)).map((shape) => ({ shape, data: new Float64Array(shape[0] * shape[1]).fill(1.5) })),
  },
);

/** Tables: records of the same names. */
export function rows(cell: fc.Arbitrary<unknown>, maxLength = 60): fc.Arbitrary<Record<string, unknown>[]> {
  return fc
    .uniqueArray(text, { minLength: 1, maxLength: 8 })
    .chain((names) =>
      fc
        .array(fc.tuple(...names.map(() => cell)), { size: 'max', maxLength })
        .map((table) => table.map((cells) => Object.fromEntries(names.map((name, column) => [name, cells[column]])))),
    );
}

/** All that the binary codec keeps. */
export const keptValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(number, { size: 'max', maxLength: 100 }),
    fc.dictionary(text, tie('value'), { noNullPrototype: true, maxKeys: 6 }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 5 }).map((items) => new Set(items)),
    rows(number),
    rows(scalar),
    rows(leaf, 12),
  ),
})).value;
