import { ValueError } from '../../errors.ts';

/** Longer paths are shown by their ends: a circle has a path as long as the depth allowed. */
const SHOWN_PATH_LENGTH = 160;
const NAME = /^[A-Za-z_$][\w$]*$/;

/**
 * Why a value cannot be kept. It starts where the fault is and gathers its path
 * on the way up, so that a value without fault costs nothing for its path.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  path = '';
}

/** What was thrown, with one more step of the path before it; errors of other kinds stay as they are. */
export function under(cause: unknown, step: string): unknown {
  if (cause instanceof Refusal) cause.path = step + cause.path;
  return cause;
}

/** The error for the caller: a refusal becomes a {@link ValueError}, errors of other kinds stay as they are. */
export function toValueError(cause: unknown): unknown {
  if (!(cause instanceof Refusal)) return cause;
  const path = `$${cause.path}`;
  const half = SHOWN_PATH_LENGTH / 2;
  return new ValueError(cause.message, path.length > SHOWN_PATH_LENGTH ? `${path.slice(0, half)}…${path.slice(-half)}` : path);
}

/** The step of a path to a property: `.time`, or `["close price"]`. */
export function nameStep(name: string): string {
  return NAME.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** Refuses a value of a type that is never kept, and says what to give instead. */
export function refuse(value: unknown): Refusal {
  if (typeof value !== 'object' || value === null) return new Refusal(`A ${typeof value} cannot be kept; give plain data`);
  const made: unknown = Object.getPrototypeOf(value)?.constructor;
  const name = typeof made === 'function' && made.name ? made.name : 'an unnamed class';
  if (name === 'Buffer') return new Refusal('A Buffer cannot be kept as it is; give a Uint8Array: `new Uint8Array(buffer)`');
  return new Refusal(`An instance of ${name} cannot be kept; give plain data`);
}

/** Refuses what nests too deep. */
export function refuseDepth(limit: number): Refusal {
  return new Refusal(`The value refers to itself or nests deeper than ${limit}; give data without circles`);
}

/** Refuses a gap in an array. */
export function refuseHole(): Refusal {
  return new Refusal('The array has a hole; put undefined or null there');
}
