import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { BusEvent, RemoveEvent } from '../../src/telemetry/events.ts';
import type { CacheListener } from '../../src/telemetry/listeners.ts';
import { NamespaceTelemetry } from '../../src/telemetry/namespace-telemetry.ts';
import { CHANNELS, Telemetry } from '../../src/telemetry/telemetry.ts';

const removal: RemoveEvent = { cache: 'prices', namespace: 'main', kind: 'quote', key: 'AAPL', cause: 'evicted' };
const live: BusEvent = { cache: 'prices', bus: 'nats', state: 'live', reason: '' };

/** What one namespace tells, and the whole it is of. */
function telling(cache = 'prices', namespace = 'main'): { whole: Telemetry; telemetry: NamespaceTelemetry } {
  const whole = new Telemetry(cache);
  return { whole, telemetry: new NamespaceTelemetry(namespace, whole) };
}

/** Warnings instead of the process's, as text. */
function warnings(): string[] {
  const told: string[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void told.push(String(warning)));
  onTestFinished(() => spy.mockRestore());
  return told;
}

describe('Telemetry', () => {
  test('tells each listener of its event, in the order they came, and no other', () => {
    const { whole, telemetry } = telling();
    const told: string[] = [];
    whole.on('remove', ({ key }) => told.push(`first ${key}`));
    whole.on('remove', ({ cause }) => told.push(`second ${cause}`));
    whole.on('load', ({ key }) => told.push(`load ${key}`));
    telemetry.tell('remove', removal);
    expect(told).toEqual(['first AAPL', 'second evicted']);
  });

  test('wants an event only while anyone listens, here or on the channel', () => {
    const { whole, telemetry } = telling();
    expect(telemetry.wants('remove')).toBe(false);
    const stop = whole.on('remove', () => {});
    expect([telemetry.wants('remove'), telemetry.wants('load')]).toEqual([true, false]);
    stop();
    stop();
    expect(telemetry.wants('remove')).toBe(false);

    const subscriber = (): void => {};
    CHANNELS.remove.subscribe(subscriber);
    expect([telemetry.wants('remove'), telemetry.wants('load')]).toEqual([true, false]);
    CHANNELS.remove.unsubscribe(subscriber);
    expect(telemetry.wants('remove')).toBe(false);
  });

  test('tells nobody who has stopped listening', () => {
    const { whole, telemetry } = telling();
    const listener = vi.fn();
    whole.on('remove', listener)();
    telemetry.on('remove', listener)();
    telemetry.on('bus', listener)();
    telemetry.tell('remove', removal);
    whole.tell('bus', live);
    expect(listener).not.toHaveBeenCalled();
  });

  test('publishes on the channel of the process, whichever cache and namespace it is', () => {
    const told: unknown[] = [];
    const subscriber = (event: unknown): void => void told.push(event);
    for (const name of ['remove', 'bus'] as const) {
      CHANNELS[name].subscribe(subscriber);
      onTestFinished(() => void CHANNELS[name].unsubscribe(subscriber));
    }
    const { whole, telemetry } = telling('one');
    telemetry.tell('remove', { ...removal, cache: 'one' });
    telling('two', 'eu').telemetry.tell('remove', { ...removal, cache: 'two', namespace: 'eu' });
    whole.tell('bus', live);
    expect(told).toEqual([{ ...removal, cache: 'one' }, { ...removal, cache: 'two', namespace: 'eu' }, live]);
  });

  test('warns of a listener that throws, and tells the others', () => {
    const told = warnings();
    const { whole, telemetry } = telling();
    const after = vi.fn();
    telemetry.on('remove', () => {
      throw new Error('out of memory');
    });
    whole.on('remove', () => {
      throw new Error('out of disk');
    });
    whole.on('remove', after);
    telemetry.tell('remove', removal);
    expect(after).toHaveBeenCalledTimes(1);
    expect(told).toEqual([
      'A listener for "remove" of namespace "main" of cache "prices" threw: Error: out of memory',
      'A listener for "remove" of cache "prices" threw: Error: out of disk',
    ]);
  });

  // Such a thing cannot be made text, and the warning throws in its turn.
  test('is unharmed by a listener that throws what has no text', () => {
    warnings();
    const { whole, telemetry } = telling();
    whole.on('remove', () => {
      throw Object.create(null);
    });
    telemetry.tell('remove', removal);
  });

  // Listeners are a set, so that one function listens once, and stops for both.
  test('tells a listener that listens twice until it has stopped twice', () => {
    const { whole, telemetry } = telling();
    const listener: CacheListener<'remove'> = vi.fn();
    const stop = whole.on('remove', listener);
    whole.on('remove', listener);
    stop();
    telemetry.tell('remove', removal);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('has a channel for every event, named for it', () => {
    for (const [name, channel] of Object.entries(CHANNELS)) expect(channel.name).toBe(`tiercel:${name}`);
    expect(Object.keys(CHANNELS)).toEqual(['remove', 'load', 'invalidate', 'tier', 'bus']);
  });
});

describe('a namespace', () => {
  test('tells its own listeners and those of the whole, and none of another namespace', () => {
    const { whole, telemetry } = telling();
    const other = new NamespaceTelemetry('main/eu', whole);
    const told: string[] = [];
    for (const [name, source] of Object.entries({ whole, telemetry, other })) {
      source.on('remove', ({ namespace }) => told.push(`${name} hears ${namespace}`));
    }
    telemetry.tell('remove', removal);
    expect(told).toEqual(['telemetry hears main', 'whole hears main']);
  });

  test('hears what concerns what all namespaces share', () => {
    const { whole, telemetry } = telling();
    const told: string[] = [];
    telemetry.on('bus', ({ state }) => told.push(state));
    expect(whole.wants('bus')).toBe(true);
    whole.tell('bus', live);
    expect(told).toEqual(['live']);
  });

  test('wants nothing because another namespace is listened to', () => {
    const { whole, telemetry } = telling();
    const other = new NamespaceTelemetry('main/eu', whole);
    const stop = telemetry.on('tier', () => {});
    expect([telemetry.wants('tier'), whole.wants('tier'), other.wants('tier')]).toEqual([true, true, false]);
    stop();
    expect([telemetry.wants('tier'), whole.wants('tier')]).toEqual([false, false]);
  });

  test('has no event of another name, and no listener that is no function', () => {
    const { telemetry } = telling();
    expect(() => telemetry.on('hit' as never, () => {})).toThrow('There is no event "hit" to listen to');
    expect(() => telemetry.on('load', 'log' as never)).toThrow('or no listener; there are remove, load, invalidate, tier, bus');
  });
});
