/**
 * A bot that talks to the service over HTTP, as one in any language would.
 *
 *     node examples/bot.ts
 *
 * It starts a service of its own on a free port, so that it needs nothing else;
 * yours talks to `tiercel serve`.
 */
import { assemble, loadSettings, Service, type WireQuotes } from '../src/doors/service.ts';

const options = new Map([
  ['server.port', { name: '--port', value: 0 }],
  ['cache.store', { name: '--data', value: null }],
]);
const { settings } = loadSettings({ environment: {}, options });
const service = new Service(assemble(settings));
await service.listen(({ error }) => console.error(error));

// #region bot
const { quotes, errors } = (await (await fetch(`${service.url}/v1/quotes?symbols=AAPL,SPY,OOPS`)).json()) as WireQuotes;
for (const { symbol, price, outcome, age } of Object.values(quotes)) console.log(symbol, price, outcome, `${age} ms old`);
for (const [symbol, { detail }] of Object.entries(errors)) console.log(symbol, '–', detail);

await fetch(`${service.url}/v1/entries/signal/AAPL`, {
  method: 'PUT',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ value: { side: 'buy', confidence: 0.8 }, ttl: '10m', tags: ['sym:AAPL'] }),
});
const signal = await fetch(`${service.url}/v1/entries/signal/AAPL`);
console.log(await signal.json(), signal.headers.get('cache-status'));
// #endregion

await service.drain();
