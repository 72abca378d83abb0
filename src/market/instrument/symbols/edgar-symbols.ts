import { ConfigError } from '../../../errors.ts';
import type { Instrument } from '../instrument.ts';
import { parseInstrument } from '../parse-instrument.ts';
import { isUsVenue } from '../venue.ts';
import { isShare, type SymbolMap, type SymbolMapOptions } from './symbol-map.ts';

/** What {@link edgarSymbols} takes. */
export interface EdgarOptions extends SymbolMapOptions {
  /** Companies by what they list: symbol and CIK, such as `['AAPL', 320193]`. The SEC publishes them as `company_tickers.json`. */
  readonly ciks: Iterable<readonly [symbol: string, cik: number | string]>;
}

const CIK = /^\d{1,10}$/;

/**
 * The SEC's numbers of companies (CIK), with ten digits: `0000320193`. No rule tells
 * them, so you give the table.
 *
 * A company may list several shares. Its number then means the one that stands first
 * in the table: this map alone may answer with another share of the same company.
 *
 * @throws ConfigError when a CIK is no number of 1 to 10 digits.
 * @throws KeyError when a symbol is none.
 */
export function edgarSymbols({ ciks, directory }: EdgarOptions): SymbolMap {
  const byId = new Map<string, string>();
  const byCik = new Map<string, Instrument>();
  for (const [symbol, cik] of ciks) {
    const digits = String(cik);
    if (!CIK.test(digits)) throw new ConfigError(`The CIK of "${symbol}" is ${JSON.stringify(cik)}; give 1 to 10 digits`);
    const padded = digits.padStart(10, '0');
    const share = parseInstrument(symbol, { directory, venue: 'XNYS' });
    byId.set(share.id, padded);
    if (!byCik.has(padded)) byCik.set(padded, share);
  }
  return {
    provider: 'edgar',
    toProvider: (instrument) => (isShare(instrument) && isUsVenue(instrument.venue) ? byId.get(instrument.id) : undefined),
    toInstrument: (cik) => (CIK.test(cik) ? byCik.get(String(cik).padStart(10, '0')) : undefined),
  };
}
