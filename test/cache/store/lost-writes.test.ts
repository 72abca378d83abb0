import { expect, test } from 'vitest';
import { createCache, kind } from '../../../src/index.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { FaultyTier } from '../../../src/testing/faulty-tier.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const KINDS = { signal: kind<string, string>({ lifetime: '10m' }) };

test('what a tier could not take it has as soon as it can: an acknowledged write is no loss', async () => {
  const clock = new FakeClock();
  const store = new MemoryRemoteTier({ clock });
  const faulty = new FaultyTier(store, { clock });
  const [writer, reader] = [createCache({ clock, remote: faulty, kinds: KINDS }), createCache({ clock, remote: store, kinds: KINDS })];
  await writer.signal.set('AAPL', 'hold');
  faulty.fail({ times: Number.POSITIVE_INFINITY });
  expect(await writer.signal.set('AAPL', 'buy')).toBe(true);
  await writer.signal.set('MSFT', 'brief', { ttl: '1s' });
  expect(writer.health().status).toBe('degraded');
  await clock.advance(5_000);
  faulty.heal();
  await clock.advance(10_000);
  expect(await reader.signal.get('AAPL')).toBe('buy');
  expect(await reader.signal.get('MSFT')).toBeUndefined();
  expect(writer.health().status).toBe('ok');
  await Promise.all([writer.close(), reader.close()]);
});

test('a newer write of another is not undone by one that was late', async () => {
  const clock = new FakeClock();
  const store = new MemoryRemoteTier({ clock });
  const faulty = new FaultyTier(store, { clock });
  const [late, prompt] = [createCache({ clock, remote: faulty, kinds: KINDS }), createCache({ clock, remote: store, kinds: KINDS })];
  faulty.fail({ times: Number.POSITIVE_INFINITY });
  await late.signal.set('AAPL', 'old');
  await clock.advance(10);
  await prompt.signal.set('AAPL', 'new');
  faulty.heal();
  await clock.advance(10_000);
  const third = createCache({ clock, remote: store, kinds: KINDS });
  expect(await third.signal.get('AAPL')).toBe('new');
  await Promise.all([late.close(), prompt.close(), third.close()]);
});
