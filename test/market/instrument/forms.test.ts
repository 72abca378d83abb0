import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairsIn } from '../../../src/market/instrument/currency-pair.ts';
import { futureSymbol, futureTerms } from '../../../src/market/instrument/future-symbol.ts';
import { isBondIsin, isIsin, isinCheckDigit } from '../../../src/market/instrument/isin.ts';
import { optionSymbol, optionTerms } from '../../../src/market/instrument/option-symbol.ts';
import { fromTapeSymbol, fromYahooMark, toTapeSymbol, toYahooMark } from '../../../src/market/instrument/share-class.ts';
import { calendarNameOf, isUsVenue, venueNamed, venueNames } from '../../../src/market/instrument/venue.ts';

describe('an ISIN', () => {
  test.each(['US0378331005', 'US5949181045', 'GB0002634946', 'DE0007164600', 'JP3633400001', 'XS2314659447', 'IE00B4L5Y983'])(
    '%s is one',
    (isin) => {
      expect(isIsin(isin)).toBe(true);
    },
  );

  test('is none with any other check digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{2}[A-Z0-9]{9}$/), (start) => {
        const right = [...'0123456789'].filter((digit) => isIsin(start + digit));
        expect(right).toEqual([String(isinCheckDigit(start))]);
      }),
    );
  });

  test('tells a bond by its first letters, where they do', () => {
    expect(['US912810TM09', 'XS2314659447', 'DE0001102580', 'DE000BU2Z015'].map(isBondIsin)).toEqual([true, true, true, true]);
    expect(isBondIsin('DE0007164600')).toBe(false);
  });
});

describe('an option symbol', () => {
  test('says root, day, right and strike', () => {
    expect(optionTerms('AAPL  261218C00200000')).toEqual({ root: 'AAPL', expiry: '2026-12-18', right: 'call', strike: 200 });
    expect(optionTerms('BFLY250221P00002500')).toEqual({ root: 'BFLY', expiry: '2025-02-21', right: 'put', strike: 2.5 });
  });

  test('comes back from its terms', () => {
    const terms = fc.record({
      root: fc.stringMatching(/^[A-Z][A-Z0-9]{0,5}$/),
      expiry: fc
        .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
        .map((at) => at.toISOString().slice(0, 10)),
      right: fc.constantFrom('call' as const, 'put' as const),
      strike: fc.integer({ min: 0, max: 99_999_999 }).map((thousandths) => thousandths / 1_000),
    });
    fc.assert(
      fc.property(terms, (each) => {
        expect(optionTerms(optionSymbol(each))).toEqual(each);
      }),
    );
  });
});

test('a future comes back from its terms', () => {
  expect(futureTerms('ESZ26')).toEqual({ root: 'ES', month: '2026-12' });
  expect(futureTerms('CL=F')).toEqual({ root: 'CL', month: undefined });
  expect(futureTerms('ESA26')).toBeUndefined();
  for (const symbol of ['ESF00', '6EM99', 'ZNH26', 'SR3U27', 'CL=F'])
    expect(futureSymbol(futureTerms(symbol) ?? { root: '', month: '' })).toBe(symbol);
});

test('a pair without a mark is cut behind what is known, else wherever it can be', () => {
  const cuts = (text: string) => pairsIn(text).map(({ base, quote }) => `${base}-${quote}`);
  expect(cuts('BTCTUSD')).toEqual(['BTC-TUSD']);
  expect(cuts('SHIBUSD')).toEqual(['SHIB-USD']);
  expect(cuts('1000PEPEUSDT')).toEqual(['1000PEPE-USDT']);
  expect(cuts('SNTUSD')).toEqual(['SNT-USD', 'SN-TUSD']);
  expect(cuts('AAPL')).toEqual([]);
});

test('marks of US shares come back from what Yahoo and the tape write', () => {
  for (const mark of ['A', 'B', 'U', 'PRL', 'PR', 'WS', 'WSA', 'RT', 'WI']) {
    expect(fromYahooMark(toYahooMark(mark) ?? '')).toBe(mark);
    expect(fromTapeSymbol(toTapeSymbol(`ABC.${mark}`))).toBe(`ABC.${mark}`);
  }
  expect(toYahooMark('P')).toBeUndefined();
  expect(fromYahooMark('XYZ')).toBeUndefined();
  expect(['ABCp', 'BACpL', 'CELGr', 'POSTw', 'OXY.WS.A'].map(fromTapeSymbol)).toEqual([
    'ABC.PR',
    'BAC.PRL',
    'CELG.RT',
    'POST.WI',
    'OXY.WSA',
  ]);
  expect(['ABCq', 'abc', 'OXY.WSA', 'ABCrA'].map(fromTapeSymbol)).toEqual([undefined, undefined, undefined, undefined]);
});

test('every venue has a name of its own, and its hours are told under one that is a venue', () => {
  const names = venueNames();
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(venueNamed(calendarNameOf(venueNamed(name)?.mic ?? ''))).toBeDefined();
  expect(['XNAS', 'OTCM', 'XSTU', 'XBEY'].map(calendarNameOf)).toEqual(['XNAS', 'XNYS', 'XFRA', 'XBEY']);
  expect(names.filter(isUsVenue)).toEqual(['XNYS', 'XNAS', 'ARCX', 'XASE', 'BATS', 'IEXG', 'OTCM']);
});
