/**
 * Whether `value` is a plain record: made by `{}`, or without a prototype.
 *
 * The `Object.prototype` of another realm counts too: under some test runners
 * what `fetch` answers comes from one.
 */
export function isPlainRecord(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}

/** Whether `value` is an array and no subclass of one: `Array.prototype` is itself an array, in every realm. */
export function isPlainArray(value: object): value is unknown[] {
  return Array.isArray(value) && Array.isArray(Object.getPrototypeOf(value));
}
