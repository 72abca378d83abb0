import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, json, until } from '../service/running-service.ts';
import { type ChildService, scratch, serve } from './child-service.ts';

let folder: ReturnType<typeof scratch>;
let running: ChildService | undefined;

beforeEach(() => {
  folder = scratch();
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  folder.remove();
});

test('a service that was killed serves what it had, without asking the source again', async () => {
  const config = folder.write('tiercel.yaml', 'kinds: { quote: { ttl: 1h } }');
  running = await serve(folder.path, ['--config', config]);
  const before = (await ask(`${running.url}/v1/quotes?symbols=AAPL,BTC-USD`)).body.quotes;
  await ask(`${running.url}/v1/entries/signal/AAPL`, json('PUT', { value: { side: 'buy' }, ttl: '10m', tags: ['sym:AAPL'] }));
  const { url } = running;
  await until(async () => {
    const explained = await Promise.all(['quote:AAPL', 'quote:BTC-USD', 'signal:AAPL'].map((key) => ask(`${url}/v1/explain/${key}`)));
    return explained.every(({ body }) =>
      body.tiers.some(({ tier, state }: { tier: string; state: string }) => tier === 'lmdb' && state === 'fresh'),
    );
  }, 'the store had them');
  running.child.kill('SIGKILL');
  expect((await running.ended).code).toBeNull();

  running = await serve(folder.path, ['--config', config]);
  const after = await ask(`${running.url}/v1/quotes?symbols=AAPL,BTC-USD`);
  expect(after.headers.get('cache-status')).toMatch(/^tiercel; hit; ttl=3\d\d\d$/);
  for (const symbol of ['AAPL', 'BTC-USD']) {
    const { outcome, price, asOf, staleAt } = after.body.quotes[symbol];
    expect({ outcome, price, asOf }).toEqual({ outcome: 'hit', price: before[symbol].price, asOf: before[symbol].asOf });
    expect(Math.abs(staleAt - before[symbol].staleAt)).toBeLessThan(100);
  }
  expect((await ask(`${running.url}/v1/entries/signal/AAPL`)).body).toMatchObject({ value: { side: 'buy' }, tags: ['sym:AAPL'] });
  expect((await ask(`${running.url}/v1/stats`)).body).toMatchObject({ hits: 3, misses: 0, provider: { calls: 0 } });

  await ask(`${running.url}/v1/invalidate`, json('POST', { tag: 'sym:AAPL' }));
  expect((await ask(`${running.url}/v1/entries/signal/AAPL`)).status).toBe(404);
});
