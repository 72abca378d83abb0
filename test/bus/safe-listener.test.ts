import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SafeListener } from '../../src/bus/safe-listener.ts';
import { RecordingListener } from '../../src/testing/recording-listener.ts';

const warn = vi.spyOn(process, 'emitWarning');

beforeEach(() => void warn.mockReset());
afterEach(() => void warn.mockReset());

function throwing(error: unknown): never {
  throw error;
}

describe('SafeListener', () => {
  test('passes on what it is told', () => {
    const heard = new RecordingListener();
    const safe = new SafeListener('test', heard);
    safe.connected();
    safe.message(Buffer.from('m'));
    safe.beat(Buffer.from('b'));
    safe.disconnected('over');
    expect([heard.connections, heard.texts, heard.beats.length, heard.losses]).toStrictEqual([1, ['m'], 1, ['over']]);
    expect(warn).not.toHaveBeenCalled();
  });

  test('knows whether it is connected before its listener does, so that this may send at once', () => {
    const states: boolean[] = [];
    const heard = new RecordingListener();
    const safe = new SafeListener('test', heard);
    heard.connected = () => states.push(safe.isConnected);
    heard.disconnected = () => states.push(safe.isConnected);
    safe.connected();
    safe.disconnected('');
    expect(states).toStrictEqual([true, false]);
  });

  test.each([new Error('stumbled'), 'stumbled', undefined, Object.create(null)])(
    'survives whatever is thrown, and warns of the first only: %o',
    (error) => {
      const fail = () => throwing(error);
      const safe = new SafeListener('test', { connected: fail, disconnected: fail, message: fail, beat: fail });
      for (let time = 0; time < 3; time += 1) {
        safe.connected();
        safe.message(new Uint8Array(0));
        safe.beat(new Uint8Array(0));
        safe.disconnected('');
      }
      expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('bus "test" threw'), 'TiercelWarning');
    },
  );

  test('tells nothing once it was silenced, from within the listener as well', () => {
    const heard = new RecordingListener();
    const safe = new SafeListener('test', heard);
    safe.connected();
    const { messages } = heard;
    heard.message = (bytes) => {
      messages.push(bytes);
      safe.silence();
    };
    safe.message(Buffer.from('last'));
    safe.message(Buffer.from('unheard'));
    safe.connected();
    expect([heard.texts, heard.connections, safe.isConnected]).toStrictEqual([['last'], 1, false]);
  });
});
