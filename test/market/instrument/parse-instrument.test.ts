import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assertArgument } from '../../../src/entry/key.ts';
import { CacheError, ConfigError, KeyError } from '../../../src/errors.ts';
import type { Instrument } from '../../../src/market/instrument/instrument.ts';
import { parseInstrument } from '../../../src/market/instrument/parse-instrument.ts';
import { typedSymbols } from './instrument-samples.ts';

const parsed = (text: string): Instrument | undefined => {
  try {
    return parseInstrument(text);
  } catch (error) {
    expect(error).toBeInstanceOf(KeyError);
    expect(String(error)).toContain('; write ');
    return undefined;
  }
};

describe('parseInstrument', () => {
  test.each([
    ['AAPL', 'AAPL', 'XNYS', 'stock', 'USD'],
    [' aapl ', 'AAPL', 'XNYS', 'stock', 'USD'],
    ['BRK.B', 'BRK.B', 'XNYS', 'stock', 'USD'],
    ['BRK-B', 'BRK.B', 'XNYS', 'stock', 'USD'],
    ['BRK/B', 'BRK.B', 'XNYS', 'stock', 'USD'],
    ['BAC-PL', 'BAC.PRL', 'XNYS', 'stock', 'USD'],
    ['BFLY-WT', 'BFLY.WS', 'XNYS', 'stock', 'USD'],
    ['OXY.WS.A', 'OXY.WSA', 'XNYS', 'stock', 'USD'],
    ['VFIAX', 'VFIAX', 'XNYS', 'fund', 'USD'],
    ['RELIANCE.NS', 'RELIANCE.XNSE', 'XNSE', 'stock', 'INR'],
    ['M&M.NS', 'M&M.XNSE', 'XNSE', 'stock', 'INR'],
    ['500325.BO', '500325.XBOM', 'XBOM', 'stock', 'INR'],
    ['VOD.L', 'VOD.XLON', 'XLON', 'stock', undefined],
    ['BT-A.L', 'BT.A.XLON', 'XLON', 'stock', undefined],
    ['7203.T', '7203.XTKS', 'XTKS', 'stock', 'JPY'],
    ['0700.HK', '0700.XHKG', 'XHKG', 'stock', undefined],
    ['00700.HK', '0700.XHKG', 'XHKG', 'stock', undefined],
    ['SAP.DE', 'SAP.XETR', 'XETR', 'stock', 'EUR'],
    ['MC.PA', 'MC.XPAR', 'XPAR', 'stock', 'EUR'],
    ['BHP.AX', 'BHP.XASX', 'XASX', 'stock', 'AUD'],
    ['SHOP.TO', 'SHOP.XTSE', 'XTSE', 'stock', undefined],
    ['PETR4.SA', 'PETR4.BVMF', 'BVMF', 'stock', 'BRL'],
    ['0P000071W8.TO', '0P000071W8.XTSE', 'XTSE', 'fund', undefined],
    ['BTC-USD', 'BTC-USD', '24/7', 'crypto', 'USD'],
    ['BTC/USDT', 'BTC-USDT', '24/7', 'crypto', 'USDT'],
    ['BTCUSDT', 'BTC-USDT', '24/7', 'crypto', 'USDT'],
    ['SHIBUSD', 'SHIB-USD', '24/7', 'crypto', 'USD'],
    ['BINANCE:ETHBTC', 'ETH-BTC', '24/7', 'crypto', 'BTC'],
    ['CRYPTO:FOO-BAR', 'FOO-BAR.CRYPTO', '24/7', 'crypto', 'BAR'],
    ['EURUSD=X', 'EUR-USD', '24/5', 'fx', 'USD'],
    ['EUR/USD', 'EUR-USD', '24/5', 'fx', 'USD'],
    ['EURUSD', 'EUR-USD', '24/5', 'fx', 'USD'],
    ['JPY=X', 'USD-JPY', '24/5', 'fx', 'JPY'],
    ['XAUUSD', 'XAU-USD', '24/5', 'fx', 'USD'],
    ['ES=F', 'ES=F', 'CMES', 'future', 'USD'],
    ['ESZ26', 'ESZ26', 'CMES', 'future', 'USD'],
    ['ESZ2026', 'ESZ26', 'CMES', 'future', 'USD'],
    ['ESZ26.CME', 'ESZ26', 'CMES', 'future', 'USD'],
    ['6EZ26', '6EZ26', 'CMES', 'future', 'USD'],
    ['FDAXZ26', 'FDAXZ26', 'XEUR', 'future', undefined],
    ['EUREX:ABC', 'ABC=F.XEUR', 'XEUR', 'future', undefined],
    ['AAPL  261218C00200000', 'AAPL261218C00200000', 'XNYS', 'option', 'USD'],
    ['AAPL261218C00200000', 'AAPL261218C00200000', 'XNYS', 'option', 'USD'],
    ['^GSPC', '^GSPC', 'XNYS', 'index', 'USD'],
    ['^FTSE', '^FTSE', 'XLON', 'index', undefined],
    ['US912810TM09', 'US912810TM09', 'XNYS', 'bond', undefined],
    ['XS2314659447', 'XS2314659447', '24/5', 'bond', undefined],
    ['US0378331005', 'US0378331005', 'XNYS', 'stock', undefined],
    ['AAPL.US', 'AAPL', 'XNYS', 'stock', 'USD'],
    ['XNYS:AAPL', 'AAPL', 'XNYS', 'stock', 'USD'],
    ['NASDAQ:AAPL', 'AAPL', 'XNAS', 'stock', 'USD'],
    ['LSE:VOD', 'VOD.XLON', 'XLON', 'stock', undefined],
    ['XNYS:TY.PR', 'TY.PR.XNYS', 'XNYS', 'stock', 'USD'],
    ['XNYS:BTC', 'BTC.XNYS', 'XNYS', 'stock', 'USD'],
    ['SOLB.XBEY', 'SOLB.XBEY', 'XBEY', 'stock', undefined],
  ])('reads %s as %s at %s', (text, id, venue, assetClass, currency) => {
    const read = parseInstrument(text);
    expect(read).toMatchObject({ id, venue, assetClass });
    expect(read.currency).toBe(currency);
  });

  test.each([
    ['BTC', 'BTC-USD for the coin, or XNYS:BTC'],
    ['7203', '7203.T for Tokyo, or 7203.HK for Hong Kong'],
    ['RELIANCE', 'RELIANCE.NS for the NSE of India'],
    ['SNTUSD', 'SNT-USD, or SN-TUSD'],
    ['FOO/BAR', 'BTC/USDT or EUR/USD'],
    ['ESZ6', 'ESZ26 for 2026, or ES=F'],
    ['TSE:7203', 'XTKS:7203, or XTSE:7203'],
    ['XLNO:VOD', 'write XLON:VOD'],
    ['XLON1:VOD', 'a MIC with it, such as XLON:VOD'],
    ['FOO:', 'no venue known here'],
    ['AAPL.XYZ', '"XYZ", which is no venue known here'],
    ['US0378331006', 'would end in 5'],
    ['AAPL261340C00200000', 'a day that no month has'],
    ['AAPL260231C00200000', 'a day that no month has'],
    ['BTCUSD=X', 'BTC-USD for crypto'],
    ['XNYS:TOOLONG', '1 to 5 letters'],
    ['XTKS:^', 'a caret and its symbol'],
    ['CMES:NOFUTURE', 'root, letter of the month and year'],
    ['FX:FOO', 'two names with a hyphen'],
    ['XPAR:-', 'no symbol of XPAR'],
    ['_', 'is no symbol'],
  ])('says what to write instead of %s', (text, hint) => {
    expect(() => parseInstrument(text)).toThrow(KeyError);
    expect(() => parseInstrument(text)).toThrow(hint);
  });

  test.each(['', ' ', '*', 'A B', '<script>', '../x', 'A'.repeat(49), 'é', 'ß.L', 'ı', 'A\u0000', '::', '/', '.', '^', '=X', '=F', '-'])(
    'refuses %j',
    (text) => {
      expect(() => parseInstrument(text)).toThrow(KeyError);
    },
  );

  test.each([undefined, null, 5, {}, [], Symbol('AAPL'), () => 'AAPL'])('refuses what is no text by its name', (text) => {
    expect(() => parseInstrument(text as string)).toThrow(KeyError);
  });

  test('ends in an instrument or in a KeyError that says what to write, whatever is typed, and the same each time', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ size: 'max', maxLength: 60 }), fc.string({ unit: 'binary' }), typedSymbols), (text) => {
        expect(parsed(text)).toEqual(parsed(text));
      }),
      { numRuns: 1_000 },
    );
  });

  test('gives the same id again for an id, and one that can be part of a key, a tag and a path', () => {
    fc.assert(
      fc.property(typedSymbols, (text) => {
        const read = parsed(text);
        if (read === undefined) return;
        const again = parseInstrument(read.id);
        expect(again.id).toBe(read.id);
        expect(again.symbol).toBe(read.symbol);
        assertArgument(read.id);
        expect(read.id).toMatch(/^[A-Z0-9^][A-Z0-9.^=&+_-]*$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('tells what it took for granted', () => {
    expect(parseInstrument('AAPL').assumed).toEqual(['venue', 'assetClass']);
    expect(parseInstrument('VOD.L').assumed).toEqual(['assetClass']);
    expect(parseInstrument('BTC-USD').assumed).toEqual([]);
    expect(parseInstrument('ABCDZ26').assumed).toEqual(['venue']);
    expect(parseInstrument('^FOO').assumed).toEqual(['venue']);
    expect(parseInstrument('AAPL261218C00200000').assumed).toEqual(['venue']);
  });
});

describe('defaults', () => {
  test('place what tells no venue, and leave alone what tells one', () => {
    expect(parseInstrument('RELIANCE', { venue: 'NSE' }).id).toBe('RELIANCE.XNSE');
    expect(parseInstrument('7203', { venue: 'XTKS' })).toMatchObject({ id: '7203.XTKS', assumed: ['venue', 'assetClass'] });
    expect(parseInstrument('VOD.L', { venue: 'XNSE' }).id).toBe('VOD.XLON');
    expect(parseInstrument('BTC-USD', { venue: 'XNSE' }).id).toBe('BTC-USD');
    expect(parseInstrument('^GSPC', { venue: 'XNSE' }).id).toBe('^GSPC');
    expect(parseInstrument('ES', { venue: 'CME' }).id).toBe('ES=F');
    expect(parseInstrument('BTC', { venue: 'XNAS' })).toMatchObject({ id: 'BTC.XNYS', venue: 'XNAS' });
    expect(['BTCUSDT', 'EURUSD', 'ESZ26'].map((text) => parseInstrument(text, { venue: 'XNYS' }).id)).toEqual([
      'BTC-USDT',
      'EUR-USD',
      'ESZ26',
    ]);
    expect(parseInstrument('ABC', { venue: 'XBEY' }).id).toBe('ABC.XBEY');
  });

  test('let a coin stand alone, in the currency they name', () => {
    expect(parseInstrument('BTC', { assetClass: 'crypto', currency: 'USD' })).toMatchObject({ id: 'BTC-USD', assumed: ['venue'] });
    expect(parseInstrument('EUR', { assetClass: 'fx', currency: 'USD' }).id).toBe('EUR-USD');
    expect(parseInstrument('EUR-USD', { venue: '24/7' }).id).toBe('EUR-USD.CRYPTO');
    expect(() => parseInstrument('BTC', { assetClass: 'crypto' })).toThrow(KeyError);
  });

  test('let the root of a future and the name of an index stand alone', () => {
    expect(['ES', 'FDAX', 'XYZ', 'ESZ26'].map((text) => parseInstrument(text, { assetClass: 'future' }).id)).toEqual([
      'ES=F',
      'FDAX=F',
      'XYZ=F',
      'ESZ26',
    ]);
    expect(['GSPC', '^FTSE'].map((text) => parseInstrument(text, { assetClass: 'index' }).id)).toEqual(['^GSPC', '^FTSE']);
  });

  test('tell the asset class where the text does not', () => {
    expect(parseInstrument('SPY', { assetClass: 'etf' })).toMatchObject({ assetClass: 'etf', assumed: ['venue'] });
    expect(parseInstrument('US0378331005', { assetClass: 'bond' }).assetClass).toBe('bond');
    expect(parseInstrument('ES=F', { assetClass: 'etf' }).assetClass).toBe('future');
  });

  test('are refused by name when they are none', () => {
    expect(() => parseInstrument('AAPL', { venue: 'New York' })).toThrow(ConfigError);
    expect(() => parseInstrument('AAPL', { venue: 5 as unknown as string })).toThrow('`venue`');
    expect(() => parseInstrument('AAPL', { assetClass: 'share' as 'stock' })).toThrow('`assetClass` is "share"');
    expect(() => parseInstrument('AAPL', { assetClass: 'share' as 'stock' })).toThrow(CacheError);
  });
});
