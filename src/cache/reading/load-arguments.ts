import { ConfigError } from '../../errors.ts';
import type { ReadOptions } from './freshness.ts';

/** What may stand where a loader does: without one, the kind's own is used, and the options may come at once. */
export type LoaderOrOptions<L> = L | ReadOptions | undefined;

/** The loader, if there is one. */
export function loaderIn<L extends (...args: never[]) => unknown>(given: LoaderOrOptions<L>): L | undefined {
  return typeof given === 'function' ? given : undefined;
}

/**
 * The options, whether they stand after a loader or in its place.
 *
 * @throws ConfigError for what is neither a loader nor options, and for options in both places. Text is not told.
 */
export function optionsIn(
  given: LoaderOrOptions<(...args: never[]) => unknown>,
  options: ReadOptions | undefined,
): ReadOptions | undefined {
  if (given === undefined || typeof given === 'function') return options;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const what = given === null ? 'null' : Array.isArray(given) ? 'a list' : `a ${typeof given}`;
    throw new ConfigError(`The loader is ${what}; give a function that asks the source, or read options such as { maxAge: '500ms' }`);
  }
  if (options !== undefined)
    throw new ConfigError('Read options stand in the place of the loader, and after it; give them once: getOrLoad(key, options)');
  return given;
}
