import type { BusListener } from '../../../src/bus/bus.ts';
import { lmdbBus } from '../../../src/bus/lmdb/lmdb-bus.ts';

/**
 * Another process of the host, as the tests of its bus need one.
 *
 * - `publish <folder> <name>`: publishes `<name> 0`, `<name> 1` and so on for ever, telling how many the log has
 * - `flood <folder> <bytes>`: publishes so many bytes, closes
 * - `idle <folder>`: listens, leaves the bus open, and ends
 */
const [role = '', path = '', argument = ''] = process.argv.slice(2);

const bus = lmdbBus({ path, maxBytes: '1mb', deadline: '10s' });
await new Promise<void>((resolve) => {
  const listener: BusListener = { connected: resolve, disconnected: () => {}, message: () => {}, beat: () => {} };
  bus.listen(listener);
});

if (role === 'publish') {
  for (let count = 0; ; count += 1) {
    const texts = Array.from({ length: 1 + (count % 7) }, (_, n) => `${argument} ${count}/${n}`);
    await Promise.all(texts.map((text) => bus.publish(Buffer.from(text))));
    process.send?.({ texts });
  }
}

if (role === 'flood') {
  for (let left = Number(argument); left > 0; left -= 10_000) await bus.publish(Buffer.alloc(10_000));
  await bus[Symbol.asyncDispose]();
}

if (role === 'idle') {
  await bus.publish(Buffer.from('idle'));
  process.stdout.write('done');
}
