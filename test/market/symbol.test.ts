import { describe, expect, test } from 'vitest';
import { KeyError } from '../../src/errors.ts';
import { toSymbol } from '../../src/market/symbol.ts';

describe('toSymbol', () => {
  test('takes a symbol in any case and with spaces around it', () => {
    expect(toSymbol(' aapl ')).toBe('AAPL');
    expect(['BRK-A', 'YESBANK.NS', 'BTC/USDT', 'EURUSD=X'].map(toSymbol)).toEqual(['BRK-A', 'YESBANK.NS', 'BTC/USDT', 'EURUSD=X']);
  });

  test.each(['', ' ', '*', 'A B', '<script>', '../x', 'A'.repeat(33), 'é'])('refuses %j', (text) => {
    expect(() => toSymbol(text)).toThrow(KeyError);
  });
});
