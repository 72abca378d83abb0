import { KeyError } from '../errors.ts';

const FORM = /^[A-Z0-9^][A-Z0-9.^=/_-]{0,31}$/;

/**
 * The symbol that a text means: trimmed and in upper case, so that `aapl` and
 * `AAPL` are one entry of the cache and not two.
 *
 * @throws KeyError when it cannot be a symbol.
 */
export function toSymbol(text: string): string {
  const symbol = text.trim().toUpperCase();
  if (FORM.test(symbol)) return symbol;
  throw new KeyError(
    `${JSON.stringify(text.slice(0, 40))} is no symbol; use 1 to 32 letters, digits and ". ^ = / _ -", such as "AAPL" or "BTC-USD"`,
  );
}
