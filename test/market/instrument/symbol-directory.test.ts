import { describe, expect, test } from 'vitest';
import { ConfigError, KeyError } from '../../../src/errors.ts';
import { parseInstrument } from '../../../src/market/instrument/parse-instrument.ts';
import { SymbolDirectory } from '../../../src/market/instrument/symbol-directory.ts';
import { yahooSymbols } from '../../../src/market/instrument/symbols/yahoo-symbols.ts';

const spy = { symbol: 'SPY', venue: 'ARCX', assetClass: 'etf', names: ['US78462F1030', 'the spider'] } as const;

describe('a symbol directory', () => {
  test('tells what no rule knows, whichever way it is asked', () => {
    const directory = new SymbolDirectory();
    const added = directory.add(spy);
    expect(added).toMatchObject({ id: 'SPY', venue: 'ARCX', assetClass: 'etf', assumed: [] });
    for (const text of ['SPY', 'xnys:spy', 'US78462F1030', ' The Spider ']) expect(parseInstrument(text, { directory })).toBe(added);
    expect(yahooSymbols({ directory }).toInstrument('SPY')).toBe(added);
    expect(directory.size).toBe(1);
  });

  test('lets a name mean what the rules would refuse', () => {
    const directory = new SymbolDirectory();
    directory.add({ symbol: 'BTC', venue: 'ARCX', assetClass: 'etf', names: ['BTC'] });
    expect(parseInstrument('BTC', { directory })).toMatchObject({ id: 'BTC.XNYS', assetClass: 'etf' });
  });

  test('replaces what it knew of an id, for its earlier names too', () => {
    const directory = new SymbolDirectory();
    directory.add(spy);
    const later = directory.add({ symbol: 'SPY', venue: 'XNAS', assetClass: 'fund' });
    expect(directory.named('the spider')).toBe(later);
    expect(directory.get('SPY')).toBe(later);
    expect(directory.size).toBe(1);
  });

  test('gives no name to two instruments', () => {
    const directory = new SymbolDirectory();
    directory.add(spy);
    expect(() => directory.add({ symbol: 'AAPL', venue: 'XNAS', assetClass: 'stock', names: ['The Spider'] })).toThrow(KeyError);
    expect(directory.get('AAPL')).toBeUndefined();
  });

  test('is bounded', () => {
    const directory = new SymbolDirectory({ maxNames: 3 });
    directory.add(spy);
    directory.add(spy);
    expect(() => directory.add({ symbol: 'AAPL', venue: 'XNAS', assetClass: 'stock' })).toThrow('raise `maxNames`');
    expect(() => new SymbolDirectory({ maxNames: 0 })).toThrow(ConfigError);
  });
});
