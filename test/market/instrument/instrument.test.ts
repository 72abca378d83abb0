import { describe, expect, test } from 'vitest';
import { ConfigError, KeyError } from '../../../src/errors.ts';
import { ASSET_CLASSES, isAssetClass, mayBeNegative } from '../../../src/market/instrument/asset-class.ts';
import { instrument } from '../../../src/market/instrument/instrument.ts';
import { parseInstrument } from '../../../src/market/instrument/parse-instrument.ts';

describe('instrument', () => {
  test('is the same by its facts as by its text', () => {
    expect(instrument({ symbol: 'vod', venue: 'LSE', assetClass: 'stock' })).toEqual({
      ...parseInstrument('VOD.L'),
      assumed: [],
    });
    expect(instrument({ symbol: 'SPY', venue: 'ARCX', assetClass: 'etf' })).toEqual({
      id: 'SPY',
      symbol: 'SPY',
      venue: 'ARCX',
      assetClass: 'etf',
      currency: 'USD',
      assumed: [],
    });
  });

  test('has one id on all US venues', () => {
    const ids = ['XNYS', 'XNAS', 'ARCX', 'BATS', 'OTCM'].map((venue) => instrument({ symbol: 'BTC', venue, assetClass: 'etf' }).id);
    expect(new Set(ids)).toEqual(new Set(['BTC.XNYS']));
  });

  test('may be of a venue that only its user knows', () => {
    const own = instrument({ symbol: 'SOLB', venue: 'XBEY', assetClass: 'stock', currency: 'LBP' });
    expect(own).toMatchObject({ id: 'SOLB.XBEY', currency: 'LBP' });
    expect(parseInstrument(own.id).id).toBe(own.id);
  });

  test('cannot be changed by who holds it', () => {
    expect(Object.isFrozen(parseInstrument('AAPL'))).toBe(true);
  });

  test.each([
    [{ symbol: 'TOOLONG', venue: 'XNYS', assetClass: 'stock' }, KeyError],
    [{ symbol: 'VOD:L', venue: 'XLON', assetClass: 'stock' }, KeyError],
    [{ symbol: 'BTC-USD', venue: '24/7', assetClass: 'stock' }, KeyError],
    [{ symbol: 'ESZ26', venue: 'CMES', assetClass: 'index' }, KeyError],
    [{ symbol: 7203, venue: 'XTKS', assetClass: 'stock' }, KeyError],
    [{ symbol: 'AAPL', venue: 'nowhere', assetClass: 'stock' }, ConfigError],
    [{ symbol: 'AAPL', venue: 'XNYS', assetClass: 'equity' }, ConfigError],
  ])('is refused of %j', (facts, error) => {
    expect(() => instrument(facts as Parameters<typeof instrument>[0])).toThrow(error);
  });
});

test('an asset class is one of those that are listed, and futures may be below zero', () => {
  expect(ASSET_CLASSES.every(isAssetClass)).toBe(true);
  expect(isAssetClass('equity')).toBe(false);
  expect(ASSET_CLASSES.filter(mayBeNegative)).toEqual(['index', 'future']);
});
