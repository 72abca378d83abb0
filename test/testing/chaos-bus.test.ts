import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { BusMark } from '../../src/bus/bus.ts';
import { BusHub } from '../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../src/bus/in-process/in-process-bus.ts';
import { ChaosBus } from '../../src/testing/chaos-bus.ts';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';
import { RecordingListener } from '../../src/testing/recording-listener.ts';

const ALWAYS = { times: Number.POSITIVE_INFINITY };

/** A bus, and one in chaos that hears it. */
async function setUp(seed = 1) {
  const clock = new FakeClock();
  const hub = new BusHub();
  const inner = inProcessBus({ hub });
  const [bus, chaos] = [inProcessBus({ hub }), new ChaosBus(inner, { clock, seed })];
  const [heard, told] = [new RecordingListener(), new RecordingListener()];
  bus.listen(heard);
  chaos.listen(told);
  await settle();
  const publish = async (...texts: readonly string[]): Promise<void> => {
    for (const text of texts) await bus.publish(Buffer.from(text));
    await settle();
  };
  onTestFinished(async () => {
    await chaos[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
    expect(clock.timerCount).toBe(0);
  });
  return { clock, inner, bus, chaos, heard, told, publish };
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`);
const outcomeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    ({ code }) => code,
  );

describe('ChaosBus', () => {
  test('is the bus within, to whoever looks', async () => {
    const { chaos, bus } = await setUp();
    expect([chaos.name, chaos.reach, chaos.maxMessageBytes]).toStrictEqual([bus.name, bus.reach, bus.maxMessageBytes]);
  });

  test('loses the messages it was told to, and what comes after arrives', async () => {
    const { chaos, told, heard, publish } = await setUp();
    chaos.drop({ nth: 2, times: 2 });
    await publish(...numbers(5));
    expect(told.texts).toStrictEqual(['0', '3', '4']);
    expect(heard.texts).toStrictEqual(numbers(5));
  });

  test('leaves beats alone unless they are named', async () => {
    const { chaos, told, bus } = await setUp();
    chaos.drop(ALWAYS);
    await bus.beat(Buffer.from('first'));
    await settle();
    chaos.drop({ of: ['beat'] });
    await bus.beat(Buffer.from('second'));
    await settle();
    await bus.beat(Buffer.from('third'));
    await settle();
    expect(told.beats.map((beat) => Buffer.from(beat).toString())).toStrictEqual(['first', 'third']);
  });

  test('tells messages twice, in bytes of their own', async () => {
    const { chaos, told, publish } = await setUp();
    chaos.duplicate();
    await publish('twice', 'once');
    expect(told.texts).toStrictEqual(['twice', 'twice', 'once']);
    told.messages[0]?.fill(0);
    expect(told.texts[1]).toBe('twice');
  });

  test('lets others go before a message, the same for a seed, and loses none', async () => {
    const orderOf = async (seed: number): Promise<string[]> => {
      const { chaos, told, publish } = await setUp(seed);
      chaos.reorder({ ...ALWAYS, share: 0.5 });
      await publish(...numbers(30));
      chaos.heal();
      return told.texts;
    };
    const order = await orderOf(5);
    expect(order).not.toStrictEqual(numbers(30));
    expect([...order].sort()).toStrictEqual(numbers(30).sort());
    expect(await orderOf(5)).toStrictEqual(order);
    expect(await orderOf(6)).not.toStrictEqual(order);
  });

  test('flips one bit, and leaves the log as it is', async () => {
    const { chaos, told, bus, publish } = await setUp();
    const mark = (await bus.mark()) as BusMark;
    chaos.corrupt({ times: 2 });
    await publish('\0\0\0\0', '', 'whole');
    const bits = [...(told.messages[0] ?? [])].map((byte) => byte.toString(2)).join('');
    expect(bits.replaceAll('0', '')).toBe('1');
    expect(told.texts.slice(1)).toStrictEqual(['', 'whole']);
    told.messages.length = 0;
    expect(await chaos.replay(mark)).toBe(true);
    expect(told.texts).toStrictEqual(['\0\0\0\0', '', 'whole']);
  });

  test('delays messages by its clock', async () => {
    const { chaos, told, clock, publish } = await setUp();
    chaos.delay(100);
    await publish('late', 'in time');
    await clock.advance(99);
    expect(told.texts).toStrictEqual(['in time']);
    await clock.advance(1);
    expect(told.texts).toStrictEqual(['in time', 'late']);
  });

  test('tells a replay as the log has it, whatever is lost meanwhile', async () => {
    const { chaos, told, publish } = await setUp();
    const mark = (await chaos.mark()) as BusMark;
    chaos.drop(ALWAYS);
    await publish(...numbers(5));
    expect(told.texts).toStrictEqual([]);
    expect(await chaos.replay(mark)).toBe(true);
    expect(told.texts).toStrictEqual(numbers(5));
    await publish('lost again');
    expect(told.texts).toStrictEqual(numbers(5));
  });

  test('cut off, hears and sends nothing, says so, and comes back when it is healed', async () => {
    const { chaos, told, heard, publish } = await setUp();
    const mark = (await chaos.mark()) as BusMark;
    chaos.cut();
    chaos.cut();
    expect(told.losses).toStrictEqual(['a cut made to order']);
    await publish('missed');
    const calls = [chaos.publish(Buffer.from('x')), chaos.beat(Buffer.from('x')), chaos.mark(), chaos.replay(mark)];
    expect(await Promise.all(calls.map(outcomeOf))).toStrictEqual(Array(4).fill('ERR_BUS'));
    chaos.heal();
    await publish('told');
    expect([told.connections, told.isConnected, told.texts, heard.texts]).toStrictEqual([2, true, ['told'], ['missed', 'told']]);
    expect(await chaos.replay(mark)).toBe(true);
    expect(told.texts.slice(1)).toStrictEqual(['missed', 'told']);
  });

  test('cut off in silence, tells nobody, and its calls end at their deadline', async () => {
    const { chaos, told, heard, clock, publish } = await setUp();
    chaos.cut({ silent: true });
    await publish('missed');
    const call = outcomeOf(chaos.publish(Buffer.from('x')));
    let isSettled = false;
    void call.then(() => {
      isSettled = true;
    });
    await clock.advance(999);
    expect(isSettled).toBe(false);
    await clock.advance(1);
    expect(await call).toBe('ERR_BUS');
    const patient = outcomeOf(chaos.publish(Buffer.from('y')));
    await clock.advance(500);
    chaos.heal();
    expect(await patient).toBe('done');
    await settle();
    expect([told.connections, told.losses, told.texts, heard.texts]).toStrictEqual([1, [], ['y'], ['missed', 'y']]);
  });

  test('loses what was on its way when it is cut off, the answer of a replay included', async () => {
    const { chaos, told, clock, publish } = await setUp();
    const mark = (await chaos.mark()) as BusMark;
    chaos.delay(100);
    chaos.reorder();
    await publish('delayed', 'held back');
    const replay = outcomeOf(chaos.replay(mark));
    chaos.cut();
    expect(await replay).toBe('ERR_BUS');
    chaos.heal();
    await clock.advance(1_000);
    expect(told.texts).toStrictEqual([]);
  });

  test('cut off before it was connected, tells so only once it is healed', async () => {
    const { clock } = await setUp();
    const chaos = new ChaosBus(inProcessBus({ hub: new BusHub() }), { clock });
    const told = new RecordingListener();
    chaos.cut();
    chaos.listen(told);
    await settle();
    expect([told.connections, told.losses]).toStrictEqual([0, []]);
    chaos.heal();
    expect([told.connections, told.losses]).toStrictEqual([1, []]);
  });

  test('fails to publish, be the message taken or not', async () => {
    const { chaos, heard } = await setUp();
    chaos.failPublish();
    chaos.failPublish({ nth: 1, after: 'taken' });
    expect(await outcomeOf(chaos.beat(Buffer.from('beat')))).toBe('done');
    const outcomes: unknown[] = [];
    for (const text of numbers(3)) outcomes.push(await outcomeOf(chaos.publish(Buffer.from(text))));
    await settle();
    expect(outcomes).toStrictEqual(['ERR_BUS', 'ERR_BUS', 'done']);
    expect(heard.texts).toStrictEqual(['1', '2']);
    expect([chaos.count('publish'), chaos.count('beat'), chaos.count('replay')]).toStrictEqual([3, 1, 0]);
  });

  test('hangs until it is healed', async () => {
    const { chaos, heard, clock } = await setUp();
    chaos.hang({ calls: ['publish'] });
    const call = outcomeOf(chaos.publish(Buffer.from('late')));
    expect(await outcomeOf(chaos.publish(Buffer.from('in time')))).toBe('done');
    await clock.advance(60_000);
    expect(heard.texts).toStrictEqual(['in time']);
    chaos.heal();
    expect(await call).toBe('done');
    await settle();
    expect(heard.texts).toStrictEqual(['in time', 'late']);
  });

  test('ends whatever waits when it is closed', async () => {
    const { chaos, told, publish } = await setUp();
    chaos.hang();
    const hanging = outcomeOf(chaos.publish(Buffer.from('x')));
    chaos.cut({ silent: true });
    const silent = outcomeOf(chaos.mark());
    await chaos[Symbol.asyncDispose]();
    expect([await hanging, await silent]).toStrictEqual(['ERR_CLOSED', 'ERR_CLOSED']);
    chaos.heal();
    await publish('unheard');
    expect([told.connections, told.texts]).toStrictEqual([1, []]);
    expect(() => chaos.listen(told)).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
  });

  test('passes on what the bus within loses, and hears of it late when it was cut off in silence', async () => {
    const { clock } = await setUp();
    const inner = inProcessBus({ hub: new BusHub() });
    let lose: (reason: string) => void = () => {};
    const { listen } = inner;
    inner.listen = (listener) => {
      lose = (reason) => listener.disconnected(reason);
      listen.call(inner, listener);
    };
    const chaos = new ChaosBus(inner, { clock });
    const told = new RecordingListener();
    chaos.listen(told);
    await settle();
    lose('the server went');
    expect(told.losses).toStrictEqual(['the server went']);
    chaos.cut({ silent: true });
    chaos.heal();
    expect([told.connections, told.isConnected]).toStrictEqual([1, false]);
  });

  test('leaves nothing lost for good: once healed, a replay tells all, whatever went wrong', async () => {
    const fault = fc.constantFrom('drop', 'duplicate', 'reorder', 'corrupt', 'cut', 'silence', 'heal', 'none', 'none');
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { size: 'max', maxLength: 60 }), fc.nat(), async (faults, seed) => {
        const { chaos, told, publish } = await setUp(seed);
        const mark = (await chaos.mark()) as BusMark;
        for (const [n, kind] of faults.entries()) {
          if (kind === 'cut' || kind === 'silence') chaos.cut({ silent: kind === 'silence' });
          else if (kind === 'heal') chaos.heal();
          else if (kind !== 'none') chaos[kind]({ share: 0.5, times: 3 });
          await publish(`${n}`);
        }
        chaos.heal();
        told.messages.length = 0;
        expect(await chaos.replay(mark)).toBe(true);
        expect(told.texts).toStrictEqual(numbers(faults.length));
        expect(told.isConnected).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
