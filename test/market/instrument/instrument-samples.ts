import fc from 'fast-check';
import { isinCheckDigit } from '../../../src/market/instrument/isin.ts';

const letters = (minLength: number, maxLength: number) => fc.stringMatching(new RegExp(`^[A-Z]{${minLength},${maxLength}}$`));
const digits = (minLength: number, maxLength: number) => fc.stringMatching(new RegExp(`^[0-9]{${minLength},${maxLength}}$`));
const code = (minLength: number, maxLength: number) => fc.stringMatching(new RegExp(`^[A-Z0-9]{${minLength},${maxLength}}$`));
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((each) => each.join(''));

const month = fc.constantFrom(...'FGHJKMNQUVXZ');
const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
const isin = joined(letters(2, 2), code(9, 9)).map((start) => `${start}${isinCheckDigit(start)}`);

/** Texts of every form that people type, most of which mean an instrument. */
export const typedSymbols = fc.oneof(
  letters(1, 5),
  joined(letters(1, 5), fc.constantFrom('.A', '-B', '/C', '.U', '-UN', '-WT', '.WS', '-PL', '.PRL', '.RT', '-WI', '.T', '.L')),
  joined(code(1, 8), fc.constantFrom('.NS', '.BO', '.L', '.T', '.HK', '.DE', '.PA', '.AX', '.TO', '.SA', '.KQ', '.TWO')),
  joined(code(1, 4), fc.constantFrom('-A', '-B', '&M'), fc.constantFrom('.NS', '.L', '.TO', '.ST', '.V')),
  joined(fc.constantFrom('XNYS', 'NASDAQ', 'LSE', 'XTKS', 'CMES', 'CRYPTO', 'FX', 'XBEY', 'OTC'), fc.constant(':'), code(1, 6)),
  joined(code(1, 6), fc.constant('.'), code(4, 4)),
  joined(code(2, 6), fc.constantFrom('-', '/', ''), fc.constantFrom('USD', 'USDT', 'TUSD', 'EUR', 'BTC', 'JPY')),
  joined(letters(3, 3), fc.constantFrom('USD', 'EUR', 'JPY'), fc.constantFrom('=X', '')),
  joined(code(1, 4), month, fc.oneof(digits(2, 2), digits(1, 1), fc.constant('2031'))),
  joined(code(1, 4), fc.constantFrom('=F', '=F.XEUR', 'Z26.CME', 'Z26.XEUR')),
  joined(
    letters(1, 6),
    day.map((date) => date.toISOString().slice(2, 10).replaceAll('-', '')),
    fc.constantFrom('C', 'P'),
    digits(8, 8),
  ),
  joined(fc.constant('^'), code(1, 8), fc.constantFrom('', '.XLON', '-NV')),
  isin,
  joined(isin, fc.constantFrom('.XETR', '.FX')),
);
