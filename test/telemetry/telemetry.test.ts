import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CacheEvents } from '../../src/telemetry/events.ts';
import { type CacheListener, CHANNELS, Telemetry } from '../../src/telemetry/telemetry.ts';

const removal: CacheEvents['remove'] = { cache: 'main', kind: 'quote', key: 'AAPL', cause: 'evicted' };

/** Warnings instead of the process's, as text. */
function warnings(): string[] {
  const told: string[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void told.push(String(warning)));
  onTestFinished(() => spy.mockRestore());
  return told;
}

describe('Telemetry', () => {
  test('tells each listener of its event, in the order they came, and no other', () => {
    const telemetry = new Telemetry('main');
    const told: string[] = [];
    telemetry.on('remove', ({ key }) => told.push(`first ${key}`));
    telemetry.on('remove', ({ cause }) => told.push(`second ${cause}`));
    telemetry.on('load', ({ key }) => told.push(`load ${key}`));
    telemetry.tell('remove', removal);
    expect(told).toEqual(['first AAPL', 'second evicted']);
  });

  test('wants an event only while anyone listens, here or on the channel', () => {
    const telemetry = new Telemetry('main');
    expect(telemetry.wants('remove')).toBe(false);
    const stop = telemetry.on('remove', () => {});
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
    const telemetry = new Telemetry('main');
    const listener = vi.fn();
    telemetry.on('remove', listener)();
    telemetry.tell('remove', removal);
    expect(listener).not.toHaveBeenCalled();
  });

  test('publishes on the channel of the process, whichever cache it is', () => {
    const told: unknown[] = [];
    const subscriber = (event: unknown): void => void told.push(event);
    CHANNELS.remove.subscribe(subscriber);
    onTestFinished(() => void CHANNELS.remove.unsubscribe(subscriber));
    new Telemetry('one').tell('remove', { ...removal, cache: 'one' });
    new Telemetry('two').tell('remove', { ...removal, cache: 'two' });
    expect(told).toEqual([
      { ...removal, cache: 'one' },
      { ...removal, cache: 'two' },
    ]);
  });

  test('warns of a listener that throws, and tells the others', () => {
    const told = warnings();
    const telemetry = new Telemetry('main');
    const after = vi.fn();
    telemetry.on('remove', () => {
      throw new Error('out of disk');
    });
    telemetry.on('remove', after);
    telemetry.tell('remove', removal);
    expect(after).toHaveBeenCalledTimes(1);
    expect(told).toEqual(['A listener for "remove" of cache "main" threw: Error: out of disk']);
  });

  // Such a thing cannot be made text, and the warning throws in its turn.
  test('is unharmed by a listener that throws what has no text', () => {
    warnings();
    const telemetry = new Telemetry('main');
    telemetry.on('remove', () => {
      throw Object.create(null);
    });
    telemetry.tell('remove', removal);
  });

  // Listeners are a set, so that one function listens once, and stops for both.
  test('tells a listener that listens twice until it has stopped twice', () => {
    const telemetry = new Telemetry('main');
    const listener: CacheListener<'remove'> = vi.fn();
    const stop = telemetry.on('remove', listener);
    telemetry.on('remove', listener);
    stop();
    telemetry.tell('remove', removal);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('has a channel for every event, named for it', () => {
    for (const [name, channel] of Object.entries(CHANNELS)) expect(channel.name).toBe(`tiercel:${name}`);
    expect(Object.keys(CHANNELS)).toEqual(['remove', 'load', 'invalidate', 'tier', 'bus']);
  });
});
