import { expect, test } from 'vitest';
import { type AnyEngine, KindRoutes } from '../../src/cache/kind-routes.ts';

test('full keys stand for what people write, marks and other namespaces for nothing', () => {
  const plain = { plan: { name: '' } } as AnyEngine;
  const quote = { plan: { name: 'quote' } } as AnyEngine;
  const routes = new KindRoutes('main', plain, new Map([['quote', quote]]));
  expect(['main:quote:AAPL', 'main::a:b', 'main:~gone:t', 'other:quote:AAPL'].map((key) => routes.textOf(key))).toEqual([
    'quote:AAPL',
    'a:b',
    undefined,
    undefined,
  ]);
  expect(routes.resolve('quote:AAPL')).toEqual({ engine: quote, argument: 'AAPL' });
  expect(routes.resolve(':quote')).toEqual({ engine: plain, argument: ':quote' });
  expect([routes.text(quote, 'AAPL'), routes.text(plain, 'a')]).toEqual(['quote:AAPL', 'a']);
});
