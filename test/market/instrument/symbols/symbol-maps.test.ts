import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, KeyError } from '../../../../src/errors.ts';
import { instrument } from '../../../../src/market/instrument/instrument.ts';
import { parseInstrument } from '../../../../src/market/instrument/parse-instrument.ts';
import { alpacaSymbols } from '../../../../src/market/instrument/symbols/alpaca-symbols.ts';
import { edgarSymbols } from '../../../../src/market/instrument/symbols/edgar-symbols.ts';
import { finnhubSymbols } from '../../../../src/market/instrument/symbols/finnhub-symbols.ts';
import { massiveSymbols } from '../../../../src/market/instrument/symbols/massive-symbols.ts';
import { binanceSymbols, ccxtSymbols } from '../../../../src/market/instrument/symbols/pair-symbols.ts';
import type { SymbolMap } from '../../../../src/market/instrument/symbols/symbol-map.ts';
import { twelvedataSymbols } from '../../../../src/market/instrument/symbols/twelvedata-symbols.ts';
import { yahooSymbols } from '../../../../src/market/instrument/symbols/yahoo-symbols.ts';
import { typedSymbols } from '../instrument-samples.ts';

const maps: readonly SymbolMap[] = [
  yahooSymbols(),
  binanceSymbols(),
  ccxtSymbols(),
  alpacaSymbols(),
  finnhubSymbols(),
  twelvedataSymbols(),
  massiveSymbols(),
];

const written = (map: SymbolMap, text: string) => map.toProvider(parseInstrument(text));

describe.each(maps.map((map) => [map.provider, map] as const))('the symbols of %s', (_, map) => {
  test('bring back the instrument that was sent, or none', () => {
    fc.assert(
      fc.property(typedSymbols, (text) => {
        let sent: ReturnType<typeof parseInstrument>;
        try {
          sent = parseInstrument(text);
        } catch {
          return;
        }
        const symbol = map.toProvider(sent);
        if (symbol !== undefined) expect([sent.id, undefined]).toContain(map.toInstrument(symbol)?.id);
      }),
      { numRuns: 1_000 },
    );
  });

  test('mean one instrument, written as it was read, or none: whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), typedSymbols), (symbol) => {
        const meant = map.toInstrument(symbol);
        if (meant) expect(map.toProvider(meant)).toBe(symbol);
      }),
      { numRuns: 1_000 },
    );
    for (const odd of [undefined, null, 5, {}]) expect(map.toInstrument(odd as unknown as string)).toBeUndefined();
  });

  test('know nothing of a venue that only its user knows, nor of a security that has an ISIN alone', () => {
    expect(map.toProvider(instrument({ symbol: 'SOLB', venue: 'XBEY', assetClass: 'stock' }))).toBeUndefined();
    expect(map.toProvider(parseInstrument('XS2314659447'))).toBeUndefined();
    expect(map.toProvider(parseInstrument('US0378331005'))).toBeUndefined();
  });
});

/** By what is typed: Yahoo, Binance, ccxt, Alpaca, Finnhub, Twelve Data, Massive. */
test.each([
  ['AAPL', 'AAPL', undefined, undefined, 'AAPL', 'AAPL', 'AAPL', 'AAPL'],
  ['BRK.B', 'BRK-B', undefined, undefined, 'BRK.B', 'BRK.B', 'BRK.B', 'BRK.B'],
  ['BAC-PL', 'BAC-PL', undefined, undefined, undefined, undefined, undefined, 'BACpL'],
  ['VOD.L', 'VOD.L', undefined, undefined, undefined, 'VOD.L', 'VOD:LSE', undefined],
  ['BBD.B.XTSE', 'BBD-B.TO', undefined, undefined, undefined, undefined, 'BBD.B:TSX', undefined],
  ['M&M.NS', 'M&M.NS', undefined, undefined, undefined, 'M&M.NS', 'M&M:NSE', undefined],
  ['XPAR:MC', 'MC.PA', undefined, undefined, undefined, 'MC.PA', undefined, undefined],
  ['XBOG:ECOPETROL', 'ECOPETROL.CL', undefined, undefined, undefined, 'ECOPETROL.BC', undefined, undefined],
  ['XHAN:SAP', 'SAP.HA', undefined, undefined, undefined, undefined, undefined, undefined],
  ['BTC-USD', 'BTC-USD', 'BTCUSD', 'BTC/USD', 'BTC/USD', 'BINANCE:BTCUSD', 'BTC/USD', 'X:BTCUSD'],
  ['BTC/USDT', undefined, 'BTCUSDT', 'BTC/USDT', 'BTC/USDT', 'BINANCE:BTCUSDT', 'BTC/USDT', 'X:BTCUSDT'],
  ['EUR/USD', 'EURUSD=X', undefined, undefined, undefined, 'OANDA:EUR_USD', 'EUR/USD', 'C:EURUSD'],
  ['ES=F', 'ES=F', undefined, undefined, undefined, undefined, undefined, undefined],
  ['ESZ26', 'ESZ26.CME', undefined, undefined, undefined, undefined, undefined, undefined],
  ['CLZ26', 'CLZ26.NYM', undefined, undefined, undefined, undefined, undefined, undefined],
  ['FDAXZ26', undefined, undefined, undefined, undefined, undefined, undefined, undefined],
  ['^GSPC', '^GSPC', undefined, undefined, undefined, undefined, undefined, 'I:SPX'],
  ['^FTSE', '^FTSE', undefined, undefined, undefined, undefined, undefined, undefined],
  [
    'AAPL261218C00200000',
    'AAPL261218C00200000',
    undefined,
    undefined,
    'AAPL261218C00200000',
    undefined,
    undefined,
    'O:AAPL261218C00200000',
  ],
])('%s is told to each provider in its own form', (text, ...expected) => {
  expect(maps.map((map) => written(map, text))).toEqual(expected);
  for (const [at, map] of maps.entries()) {
    const symbol = expected[at];
    if (symbol !== undefined) expect(map.toInstrument(symbol)?.id).toBe(parseInstrument(text).id);
  }
});

test('of the texts that stand for symbols in recorded answers of Yahoo’s, those it does not understand are none, or of no known venue', () => {
  const file = join(import.meta.dirname, '../../../fixtures/market/yahoo-symbols.json');
  const told: readonly string[] = JSON.parse(readFileSync(file, 'utf8'));
  const yahoo = yahooSymbols();
  expect(told.filter((symbol) => yahoo.toInstrument(symbol) === undefined)).toEqual([
    '0P0000XTS7',
    '0RQ6.IL',
    'AAPL-BABA',
    'ADH.XA',
    'BJ0CDD2',
    'BMW3D.XC',
    'Bayerische Motoren Werke AG',
    'Evolution Gaming Group',
    'NO0010123060',
    'via',
  ]);
  const understood = told.flatMap((symbol) => yahoo.toInstrument(symbol) ?? []);
  for (const each of understood) expect(parseInstrument(yahoo.toProvider(each) ?? '').id).toBe(each.id);
  expect([told.length, understood.length]).toEqual([131, 121]);
});

test('an index is written with its caret, or as it is listed', () => {
  const index = (symbol: string, venue: string) => yahooSymbols().toProvider(instrument({ symbol, venue, assetClass: 'index' }));
  expect([index('^GSPC', 'XNYS'), index('CIF', 'XSWX'), index('SPX', 'XNYS')]).toEqual(['^GSPC', 'CIF.SW', undefined]);
});

test('a text in another form than the provider’s own is not understood', () => {
  expect(yahooSymbols().toInstrument('BRK.B')).toBeUndefined();
  expect(ccxtSymbols().toInstrument('BTC/USDT:USDT')).toBeUndefined();
  expect(ccxtSymbols().toInstrument('BTC-USDT')).toBeUndefined();
  expect(massiveSymbols().toInstrument('I:UNKNOWN')).toBeUndefined();
  expect(finnhubSymbols().toInstrument('KRAKEN:BTCUSD')).toBeUndefined();
  expect(twelvedataSymbols().toInstrument('MC:Euronext')).toBeUndefined();
});

describe('binance', () => {
  test('cuts what could be cut in two ways by the pairs it is told', () => {
    expect(binanceSymbols().toInstrument('SNTUSD')).toBeUndefined();
    expect(binanceSymbols({ pairs: ['SNT-USD'] }).toInstrument('SNTUSD')?.id).toBe('SNT-USD');
    expect(() => binanceSymbols({ pairs: ['*'] })).toThrow(KeyError);
  });

  test('sends no pair whose name means another', () => {
    expect(binanceSymbols().toProvider(parseInstrument('CRYPTO:BTCT-USD'))).toBeUndefined();
  });
});

test('finnhub tells coins by the exchange it is asked for', () => {
  expect(written(finnhubSymbols({ cryptoExchange: 'COINBASE' }), 'BTC-USD')).toBe('COINBASE:BTCUSD');
  expect(() => finnhubSymbols({ cryptoExchange: 'OANDA' })).toThrow(ConfigError);
});

describe('edgar', () => {
  const ciks: readonly [string, number | string][] = [
    ['GOOGL', 1652044],
    ['GOOG', '1652044'],
    ['AAPL', 320193],
    ['BRK-B', 1067983],
  ];

  test('knows the companies it is told, by number and by share', () => {
    const map = edgarSymbols({ ciks });
    expect(written(map, 'BRK.B')).toBe('0001067983');
    expect(written(map, 'GOOG')).toBe('0001652044');
    expect(map.toInstrument('0001652044')?.id).toBe('GOOGL');
    expect(map.toInstrument('320193')?.id).toBe('AAPL');
    expect(written(map, 'MSFT')).toBeUndefined();
    expect(written(map, 'AAPL.XETR')).toBeUndefined();
    expect(map.toInstrument('AAPL')).toBeUndefined();
  });

  test('refuses a table that is none', () => {
    expect(() => edgarSymbols({ ciks: [['AAPL', 'CIK320193']] })).toThrow(ConfigError);
    expect(() => edgarSymbols({ ciks: [['*', 1]] })).toThrow(KeyError);
  });
});
