import { describe, expect, test } from 'vitest';
import { fixed } from '../../../src/lifetime/lifetime.ts';
import {
  canChange,
  DATA_KIND_NAMES,
  type DataKind,
  type DataKindName,
  type Trading,
  tradingIn,
} from '../../../src/market/data-kinds/data-kind.ts';
import { DATA_KINDS, isDataKind } from '../../../src/market/data-kinds/data-kinds.ts';
import { LIFETIME_PRESETS, lifetimesOf } from '../../../src/market/data-kinds/kind-lifetimes.ts';
import { marketTags } from '../../../src/market/data-kinds/market-tags.ts';
import { parseInstrument } from '../../../src/market/instrument/parse-instrument.ts';
import { toMs } from '../../../src/time/duration.ts';

const TRADINGS: readonly Trading[] = ['regular', 'extended', 'none', 'always'];
const kindOf = (name: DataKindName): DataKind<never> => DATA_KINDS[name];

describe('the kinds of data', () => {
  test('are sixteen, each described under its own name', () => {
    expect(Object.keys(DATA_KINDS)).toEqual(DATA_KIND_NAMES);
    expect(DATA_KIND_NAMES).toHaveLength(16);
    for (const name of DATA_KIND_NAMES) {
      expect(kindOf(name).name).toBe(name);
      expect(kindOf(name).ordering === 'none').toBe(kindOf(name).order === undefined);
    }
    expect(isDataKind('quote')).toBe(true);
    expect(isDataKind('toString')).toBe(false);
  });

  test('are ordered by the time of their event, their last bar, or their version', () => {
    const quote = { symbol: 'AAPL', price: 1, asOf: 5, source: 'replay' };
    expect(DATA_KINDS.quote.order?.(quote)).toBe(5);
    const bar = { open: 1, high: 1, low: 1, close: 1 };
    expect(
      DATA_KINDS.bars.order?.([
        { startAt: 1, ...bar },
        { startAt: 2, ...bar },
      ]),
    ).toBe(2);
    expect(DATA_KINDS.bars.order?.([])).toBeNaN();
    expect(DATA_KINDS.model.order?.({ version: 7 })).toBe(7);
    for (const name of DATA_KIND_NAMES)
      for (const odd of [null, undefined, 'text', {}, { asOf: 'now' }, [null]])
        expect(kindOf(name).order?.(odd as never) ?? Number.NaN).toBeNaN();
  });
});

describe('whether data can change', () => {
  test('follows its market', () => {
    const at = (name: DataKindName, phase: Parameters<typeof tradingIn>[0]) => canChange(kindOf(name), tradingIn(phase), 'stock');
    expect(['open', 'pre', 'post', 'overnight', 'break', 'closed'].map((phase) => at('quote', phase as 'open'))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(at('news', 'closed')).toBe(true);
    expect(canChange(DATA_KINDS.quote, tradingIn('closed', true), 'crypto')).toBe(true);
  });

  test('follows its asset class: options and indices stand still outside regular hours, funds are priced after them', () => {
    expect(canChange(kindOf('quote'), 'extended', 'option')).toBe(false);
    expect(canChange(kindOf('quote'), 'extended', 'index')).toBe(false);
    expect(canChange(kindOf('news'), 'extended', 'index')).toBe(true);
    expect(canChange(kindOf('quote'), 'none', 'fund')).toBe(true);
  });
});

describe('lifetimes', () => {
  test.each<[DataKindName, Trading, string | number, 'market' | 'coarse']>([
    ['quote', 'regular', '5m', 'coarse'],
    ['quote', 'none', '20m', 'coarse'],
    ['quote', 'always', '1m', 'coarse'],
    ['quote', 'regular', '5s', 'market'],
    ['fundamentals', 'regular', '24h', 'market'],
    ['fundamentals', 'none', '48h', 'coarse'],
    ['fundamentals', 'always', '24h', 'market'],
    ['news', 'regular', '10m', 'market'],
    ['news', 'none', '15m', 'market'],
    ['features', 'regular', '60s', 'market'],
    ['features', 'always', '60s', 'coarse'],
    ['prediction', 'regular', '30s', 'market'],
    ['signal', 'always', '30s', 'market'],
    ['model', 'regular', '1h', 'market'],
    ['analysis', 'none', '1h', 'market'],
    ['portfolio', 'regular', '1h', 'market'],
    ['performance', 'regular', '30m', 'coarse'],
  ])('of %s in %s hours are %s (%s)', (name, trading, ttl, preset) => {
    expect(lifetimesOf(name, preset)[trading].ttl).toBe(ttl);
  });

  test('can each be used as they are, and never are longer than what volatility allows', () => {
    for (const preset of LIFETIME_PRESETS)
      for (const name of DATA_KIND_NAMES)
        for (const trading of TRADINGS) {
          const { ttl, grace, volatility, until } = lifetimesOf(name, preset)[trading];
          expect(fixed(ttl, grace)).toBeTypeOf('function');
          expect(toMs(grace)).toBeGreaterThanOrEqual(toMs(ttl));
          if (volatility) expect(toMs(volatility.max)).toBeLessThanOrEqual(60_000);
          if (until) expect(canChange(kindOf(name), trading, 'stock')).toBe(false);
        }
  });

  test('of a fund’s price are the same all day', () => {
    const table = lifetimesOf('quote', 'market', true);
    expect(new Set(TRADINGS.map((trading) => table[trading]))).toHaveProperty('size', 1);
    expect(lifetimesOf('news', 'market', true)).toBe(lifetimesOf('news'));
  });
});

describe('tags', () => {
  test('name the kind, the instrument by its id, and the venue of what its trading moves', () => {
    expect(marketTags('quote', { instrument: parseInstrument('NASDAQ:AAPL') })).toEqual(['kind:quote', 'sym:AAPL', 'venue:XNYS']);
    expect(marketTags('news', { instrument: parseInstrument('VOD.L') })).toEqual(['kind:news', 'sym:VOD.XLON']);
    expect(marketTags('performance')).toEqual(['kind:performance']);
  });

  test('name the model and its version, and each instrument once', () => {
    const [spy, es] = ['SPY', 'ES=F'].map((text) => parseInstrument(text));
    const subject = { instrument: spy, instruments: [spy, es].filter((each) => each !== undefined), model: 'trend', version: 7 };
    expect(marketTags('prediction', subject)).toEqual([
      'kind:prediction',
      'sym:SPY',
      'venue:XNYS',
      'sym:ES=F',
      'model:trend',
      'model:trend@7',
    ]);
    expect(marketTags('model', { model: 'trend' })).toEqual(['kind:model', 'model:trend']);
  });
});
