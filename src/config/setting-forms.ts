/**
 * The forms that single settings have, each with the words that say what to write.
 *
 * @packageDocumentation
 */
import { z } from 'zod';
import { type Size, toBytes } from '../entry/size.ts';
import { type Duration, toMs } from '../time/duration.ts';

/** A length of time. */
export const duration: z.ZodType<Duration> = z.custom<Duration>(
  passes(toMs),
  "write milliseconds, or text such as '500ms', '5s', '10m', '1h', '1d'",
);

/** A number of bytes. */
export const size: z.ZodType<Size> = z.custom<Size>(
  passes((value: Size) => toBytes(value, 'size')),
  "write a number of bytes, or text such as '16mb'",
);

/** A whole number within bounds. */
export function count(least: number, most: number, what: string): z.ZodType<number> {
  return z.custom<number>((value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most, `write ${what}`);
}

/** Text that is not empty. */
export function text(what: string): z.ZodString {
  return z.string(`write ${what}`).min(1, `write ${what}`);
}

/** Yes or no. */
export const flag: z.ZodBoolean = z.boolean('write true or false');

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(...words: Words): z.ZodType<Words[number]> {
  return z.custom<Words[number]>((value) => words.includes(String(value)) && typeof value === 'string', `write one of ${words.join(', ')}`);
}

/** A group of settings, all of them known. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape, 'write a group of settings');
}

/** A group that is there though nobody wrote it, with its defaults. */
export function group<Shape extends z.ZodRawShape>(shape: Shape): z.ZodPrefault<z.ZodObject<Shape, z.core.$strict>> {
  return z.prefault(strict(shape), {} as never);
}

/** Whether a check that throws lets a value pass. */
export function passes<T>(check: (value: T) => unknown): (value: unknown) => boolean {
  return (value) => {
    try {
      check(value as T);
      return true;
    } catch {
      return false;
    }
  };
}
