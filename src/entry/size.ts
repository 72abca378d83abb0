import { ConfigError } from '../errors.ts';

/** A number of bytes, or text such as `'64kb'`, `'512mb'`, `'2gb'`, in powers of 1 024. */
export type Size = number | `${number}${'b' | 'kb' | 'mb' | 'gb'}`;

const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1_024, mb: 1_024 ** 2, gb: 1_024 ** 3 };
const FORM = /^(\d+(?:\.\d+)?)(b|kb|mb|gb)$/;

/**
 * The bytes of a size.
 *
 * @param name names the setting in the error.
 * @throws ConfigError when it is no size or not above 0.
 */
export function toBytes(size: Size, name: string): number {
  const match = typeof size === 'string' ? FORM.exec(size) : undefined;
  const bytes = match ? Math.floor(Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1)) : size;
  // A fraction of a byte was meant as something else.
  if (typeof bytes === 'number' && bytes >= 1 && (Number.isInteger(bytes) || bytes === Number.POSITIVE_INFINITY)) return bytes;
  throw new ConfigError(`\`${name}\` is ${inText(size)}; give whole bytes above 0, or text such as '64kb', '512mb', '2gb'`);
}

function inText(value: unknown): string {
  return typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value);
}
