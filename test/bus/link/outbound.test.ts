import { describe, expect, test } from 'vitest';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import type { BusMessage, NewsMessage } from '../../../src/bus/link/bus-message.ts';
import { decodeMessage } from '../../../src/bus/link/bus-message.ts';
import { Outbound } from '../../../src/bus/link/outbound.ts';
import { ChaosBus } from '../../../src/testing/chaos-bus.ts';
import { FakeClock, settle } from '../../../src/testing/fake-clock.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { newer } from './linked.ts';

interface Sender {
  readonly clock: FakeClock;
  readonly outbound: Outbound;
  readonly bus: ChaosBus;
  /** What the bus has taken, in order. */
  readonly taken: BusMessage[];
}

async function sender(maxMessageBytes?: number): Promise<Sender> {
  const clock = new FakeClock();
  const bus = new ChaosBus(inProcessBus({ hub: new BusHub() }), { clock });
  if (maxMessageBytes !== undefined) Object.defineProperty(bus, 'maxMessageBytes', { value: maxMessageBytes, writable: true });
  const taken: BusMessage[] = [];
  const hear = (bytes: Uint8Array): void => {
    taken.push(decodeMessage(bytes) as BusMessage);
  };
  bus.listen({ connected: () => {}, disconnected: () => {}, message: hear, beat: hear });
  await settle();
  const publish = bus.publish.bind(bus);
  bus.publish = async (message) => {
    if (message.length > bus.maxMessageBytes) throw new Error('too long');
    await publish(message);
  };
  const outbound = new Outbound(bus, 'a', clock, seeded(1), 250);
  outbound.isConnected = true;
  return { clock, outbound, bus, taken };
}

function newsIn(taken: readonly BusMessage[]): NewsMessage[] {
  return taken.filter((message) => message.form === 'news');
}

function keysIn(taken: readonly BusMessage[]): string[] {
  return newsIn(taken).flatMap(({ notices }) => notices.map((notice) => ('argument' in notice ? notice.argument : notice.about)));
}

describe('what a process tells', () => {
  test('goes out in one message for each turn, numbered from 1', async () => {
    const { outbound, taken } = await sender();
    for (const key of ['A', 'B', 'A']) outbound.tell(newer(key));
    await settle();
    outbound.tell(newer('C'));
    await settle();
    expect(newsIn(taken).map(({ sequence, notices }) => [sequence, notices.length])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(outbound.counts).toEqual({ messages: 2, notices: 3, errors: 0, lostCount: 0 });
  });

  test('waits while the bus is not connected, and no beat is sent', async () => {
    const { outbound, taken } = await sender();
    outbound.isConnected = false;
    outbound.tell(newer('A'));
    await outbound.beat(0, false);
    await settle();
    expect([taken, outbound.waiting]).toEqual([[], 1]);
    outbound.isConnected = true;
    await outbound.pump();
    await settle();
    expect(keysIn(taken)).toEqual(['A']);
  });

  test('is sent again as it was when the bus may or may not have taken it', async () => {
    const { outbound, bus, taken } = await sender();
    bus.failPublish({ after: 'taken' });
    outbound.tell(newer('A'));
    await settle();
    expect(outbound.waiting).toBe(1);
    outbound.tell(newer('B'));
    await settle();
    expect(newsIn(taken).map(({ sequence }) => sequence)).toEqual([1, 1, 2]);
    expect(outbound.counts.errors).toBe(1);
  });

  test('fails in time where the bus never answers, and leaves the bus alone that fails too often', async () => {
    const { clock, outbound, bus } = await sender();
    bus.hang({ calls: ['publish'], times: Number.POSITIVE_INFINITY });
    outbound.tell(newer('A'));
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const pumping = outbound.pump();
      await clock.advance(260);
      await pumping;
    }
    expect([outbound.breaker, bus.count('publish') < 6, outbound.waiting]).toEqual(['open', true, 1]);
  });

  test('is no sign of life while something has been untold for a second, but for the last', async () => {
    const { clock, outbound, bus, taken } = await sender();
    bus.failPublish({ times: Number.POSITIVE_INFINITY });
    outbound.tell(newer('A'));
    await clock.advance(1_001);
    await outbound.beat(0, false);
    await clock.advance(1_000);
    expect(taken).toEqual([]);
    await outbound.beat(0, true);
    await settle();
    expect(taken).toMatchObject([{ form: 'beat', isLast: true }]);
  });

  test('is no sign of life while the oldest has been untold for a second, however many others were told', async () => {
    const { clock, outbound, bus, taken } = await sender(20_000);
    const publish = bus.publish;
    bus.publish = async (message) => {
      await new Promise<void>((resolve) => clock.after(200, resolve));
      await publish(message);
    };
    for (let n = 0; n < 100; n += 1) outbound.tell(newer(`K${n}`, 1, new Uint8Array(4_000)));
    await clock.advance(1_500);
    expect(outbound.waiting).toBeGreaterThan(50);
    await outbound.beat(0, false);
    await settle();
    expect(taken.filter(({ form }) => form === 'beat')).toEqual([]);
    await clock.advance(10_000);
    expect(keysIn(taken)).toHaveLength(100);
  });

  test('is a sign of life in a process that always has something to tell, and can', async () => {
    const { clock, outbound, bus, taken } = await sender();
    const publish = bus.publish;
    bus.publish = async (message) => {
      await new Promise<void>((resolve) => clock.after(20, resolve));
      await publish(message);
    };
    for (let n = 0; n < 300; n += 1) {
      outbound.tell(newer(`K${n}`));
      await clock.advance(10);
    }
    await outbound.beat(0, false);
    await settle();
    expect(taken.filter(({ form }) => form === 'beat')).toHaveLength(1);
  });

  test('is known to be lost when it can never be sent, for the bus takes no message so long', async () => {
    const { clock, outbound, taken } = await sender(1_000);
    outbound.tell(newer('A'));
    await settle();
    outbound.tell(newer('long', 1, new Uint8Array(2_000)));
    outbound.tell(newer('B'));
    await settle();
    await clock.advance(1_000);
    expect(outbound.waiting).toBe(0);
    expect(keysIn(taken)).toContain('B');
    expect(outbound.counts.lostCount).toBe(1);
    const [first, ...later] = newsIn(taken);
    expect(later.every(({ epoch }) => epoch > (first?.epoch ?? 0))).toBe(true);
  });

  test('is known to be lost when the bus takes less than it did as the message was made', async () => {
    const { clock, outbound, bus, taken } = await sender(100_000);
    bus.failPublish({ times: 1 });
    outbound.tell(newer('long', 1, new Uint8Array(4_000)));
    await settle();
    Object.defineProperty(bus, 'maxMessageBytes', { value: 1_000 });
    outbound.tell(newer('B'));
    await settle();
    await clock.advance(1_000);
    expect([outbound.waiting, keysIn(taken), outbound.counts.lostCount]).toEqual([0, ['B'], 1]);
  });

  test('is known to be lost when there are no bytes for it, and nothing is rejected', async () => {
    const { outbound, taken } = await sender();
    outbound.tell(newer('A', Symbol('no bytes') as unknown as number));
    await settle();
    outbound.tell(newer('B'));
    await settle();
    expect([outbound.waiting, keysIn(taken), outbound.counts.lostCount]).toEqual([0, ['B'], 1]);
  });

  test('of more than can wait is lost, which the next message tells by its epoch', async () => {
    const { outbound, taken } = await sender();
    const { epoch } = outbound.position;
    outbound.isConnected = false;
    for (let n = 0; n < 50_001; n += 1) outbound.tell(newer(`K${n}`));
    outbound.tell(newer('A'));
    outbound.isConnected = true;
    await outbound.pump();
    await settle();
    expect(newsIn(taken)).toMatchObject([{ sequence: 1 }]);
    expect([keysIn(taken), outbound.position.epoch > epoch]).toEqual([['A'], true]);
  });
});
