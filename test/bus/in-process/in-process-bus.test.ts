import { describe, expect, test } from 'vitest';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { type InProcessBusOptions, inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import { settle } from '../../../src/testing/fake-clock.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { inProcessSubject } from './in-process-subject.ts';

describeBus('inProcessBus', () => inProcessSubject(), { describe, test });

async function joined(hub: BusHub) {
  const bus = inProcessBus({ hub });
  const heard = new RecordingListener();
  bus.listen(heard);
  await settle();
  return { bus, heard };
}

describe('inProcessBus', () => {
  test('hears those of its hub, and no others', async () => {
    const [hub, elsewhere] = [new BusHub(), new BusHub()];
    const [a, b, stranger] = [await joined(hub), await joined(hub), await joined(elsewhere)];
    await a.bus.publish(Buffer.from('for us'));
    await settle();
    expect([a.heard.texts, b.heard.texts, stranger.heard.texts]).toStrictEqual([['for us'], ['for us'], []]);
  });

  test('tells nothing on the turn of the call', async () => {
    const { bus, heard } = await joined(new BusHub());
    const mark = await bus.mark();
    await bus.publish(Buffer.from('later'));
    expect(heard.texts).toStrictEqual([]);
    const replay = bus.replay(mark ?? { log: '', at: '' });
    expect(heard.texts).toStrictEqual([]);
    expect(await replay).toBe(true);
    expect(heard.texts).toStrictEqual(['later', 'later']);
  });

  test('forgets what is more than its log keeps, and says so', async () => {
    const { bus, heard } = await joined(new BusHub({ keep: 3 }));
    const marks = [];
    for (let n = 0; n < 5; n += 1) {
      marks.push((await bus.mark()) ?? { log: '', at: '' });
      await bus.publish(Buffer.from(`${n}`));
    }
    await settle();
    heard.messages.length = 0;
    const answers = [];
    for (const mark of marks) answers.push(await bus.replay(mark));
    expect(answers).toStrictEqual([false, false, true, true, true]);
    expect(heard.texts.join('')).toBe('234234234344');
  });

  test('keeps no more bytes than 64 MB, however few messages that makes', async () => {
    const { bus } = await joined(new BusHub());
    const first = (await bus.mark()) ?? { log: '', at: '' };
    const message = new Uint8Array(bus.maxMessageBytes);
    for (let n = 0; n < 64; n += 1) await bus.publish(message);
    await settle();
    expect(await bus.replay(first)).toBe(true);
    await bus.publish(message);
    expect(await bus.replay(first)).toBe(false);
  });

  test('does not vouch for a mark from beyond the end of its log, nor for one it never gave', async () => {
    const { bus } = await joined(new BusHub());
    const { log } = (await bus.mark()) ?? { log: '' };
    for (const at of ['1', '-1', 'x', 'NaN', '1e400']) expect(await bus.replay({ log, at })).toBe(false);
  });

  test('refuses more than can wait for its turn, and goes on when that was told', async () => {
    const { bus, heard } = await joined(new BusHub());
    const calls = Array.from({ length: 100_001 }, () => bus.publish(new Uint8Array(0)));
    await expect(calls.pop()).rejects.toMatchObject({ code: 'ERR_BUS', message: expect.stringContaining('await') });
    await Promise.all(calls);
    await settle();
    await bus.publish(new Uint8Array(0));
    await settle();
    expect(heard.messages.length).toBe(100_001);
  });

  test('has one listener, and none once it is closed', async () => {
    const { bus } = await joined(new BusHub());
    expect(() => bus.listen(new RecordingListener())).toThrow(expect.objectContaining({ code: 'ERR_BUS' }));
    await bus[Symbol.asyncDispose]();
    expect(() => bus.listen(new RecordingListener())).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
  });

  test('says what is wrong with its options', () => {
    expect(() => inProcessBus({} as InProcessBusOptions)).toThrow(/`hub` is no BusHub/);
    for (const keep of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => new BusHub({ keep })).toThrow(/`keep` is/);
  });
});
