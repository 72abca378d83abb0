/**
 * The forms that the schemas of the wire are made of.
 *
 * @packageDocumentation
 */

/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

export const number: Schema = { type: 'number' };
export const ratio: Schema = { type: ['number', 'null'], description: 'From 0 to 1; null before there was anything to count' };
export const count: Schema = { type: 'integer' };
export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const instant: Schema = { type: 'number', description: 'Epoch milliseconds' };

/** An object all of whose properties are there, but for those named as optional. */
export function object(properties: Record<string, Schema>, optional: readonly string[] = []): Schema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
  };
}

/** A list of such. */
export function list(items: Schema): Schema {
  return { type: 'array', items };
}
