import assert from 'node:assert/strict';
import { assertRefuses, BusFleet, type BusTest, numbered, publishInTurn } from './bus-fleet.ts';
import type { BusFactory } from './bus-subject.ts';
import { testBeats } from './bus-suite-beats.ts';
import { testDelivery } from './bus-suite-delivery.ts';
import { testOutages } from './bus-suite-outages.ts';
import { testReplays } from './bus-suite-replays.ts';
import { RecordingListener } from './recording-listener.ts';
import type { SuiteRunner } from './tier-subject.ts';

/**
 * Describes what any bus must do, whatever it sends messages with.
 *
 * The factory makes a channel that nobody else is on, with an empty log, and
 * says what can befall it; a suite for a bus with a server starts that once,
 * and gives each channel a name of its own.
 *
 * @example
 * describeBus('my bus', async () => {
 *   const channel = randomUUID();
 *   return {
 *     connect: () => myBus({ url: server.url, channel }),
 *     until: waitUntil,
 *     log: { isKept: true, recreate: () => server.recreate(channel), overrun: () => server.purge(channel) },
 *     outage: { canHappen: true, begin: () => proxy.cut(), end: () => proxy.mend() },
 *     close: () => server.remove(channel),
 *   };
 * }, { describe, test });
 */
export function describeBus(name: string, factory: BusFactory, { describe, test }: SuiteRunner): void {
  const testBus: BusTest = (fact, run) =>
    test(fact, async () => {
      const fleet = new BusFleet(await factory());
      try {
        await run(fleet);
      } finally {
        await fleet.close();
      }
    });
  describe(`${name}, as a bus`, () => {
    describe('connecting', () => testConnecting(testBus));
    describe('delivery', () => testDelivery(testBus));
    describe('beats', () => testBeats(testBus));
    describe('replays, if it keeps a log', () => testReplays(testBus));
    describe('outages, if it can be cut off', () => testOutages(testBus));
    describe('closing', () => testClosing(testBus));
  });
}

function testConnecting(testBus: BusTest): void {
  testBus('refuses every call until it is connected', async (fleet) => {
    const bus = await fleet.newcomer();
    await assertRefuses(bus, 'ERR_BUS');
    const heard = new RecordingListener();
    bus.listen(heard);
    if (!heard.isConnected) await assert.rejects(bus.publish(Buffer.from('too early')), { code: 'ERR_BUS' });
    await fleet.until(() => heard.isConnected);
    await bus.publish(Buffer.from('in time'));
    await fleet.until(() => heard.messages.length > 0);
    assert.deepEqual([heard.texts, heard.connections, heard.losses], [['in time'], 1, []]);
  });

  testBus('hears whatever is published from the instant it is told that it is connected', async (fleet) => {
    const publisher = await fleet.join();
    for (const text of numbered('at once', 5)) {
      const heard = new RecordingListener();
      let sent: Promise<void> | undefined;
      heard.connected = () => {
        heard.isConnected = true;
        sent = publisher.bus.publish(Buffer.from(text));
      };
      await fleet.join(heard);
      await sent;
      await fleet.until(() => heard.messages.length > 0);
      assert.equal(heard.texts[0], text);
    }
  });
}

function testClosing(testBus: BusTest): void {
  testBus('closes once, however often it is asked, listening or not', async (fleet) => {
    const { bus } = await fleet.join();
    const newcomer = await fleet.newcomer();
    for (const closing of [bus, newcomer]) {
      await Promise.all([closing[Symbol.asyncDispose](), closing[Symbol.asyncDispose]()]);
      await closing[Symbol.asyncDispose]();
    }
  });

  testBus('closes while it connects', async (fleet) => {
    const heard = new RecordingListener();
    const bus = await fleet.newcomer();
    bus.listen(heard);
    await bus[Symbol.asyncDispose]();
    await assertRefuses(bus, 'ERR_CLOSED');
  });

  testBus('refuses every call after it was closed', async (fleet) => {
    const { bus } = await fleet.join();
    const newcomer = await fleet.newcomer();
    for (const closed of [bus, newcomer]) {
      await closed[Symbol.asyncDispose]();
      await assertRefuses(closed, 'ERR_CLOSED');
    }
  });

  testBus('tells nothing once it is closed, and leaves the others to theirs', async (fleet) => {
    const [leaving, staying] = [await fleet.join(), await fleet.join()];
    await publishInTurn(staying, ['before']);
    await fleet.calm();
    await leaving.bus[Symbol.asyncDispose]();
    const { heard } = leaving;
    const told = [heard.messages.length, heard.beats.length, heard.connections, heard.losses.length];
    await publishInTurn(staying, numbered('after', 20));
    await fleet.calm([staying]);
    assert.deepEqual([heard.messages.length, heard.beats.length, heard.connections, heard.losses.length], told);
    assert.deepEqual(staying.heard.texts, ['before', ...numbered('after', 20)]);
  });

  testBus('settles every call that was under way when it is closed', async (fleet) => {
    const { bus } = await fleet.join();
    const mark = (await bus.mark()) ?? { log: 'none', at: '0' };
    const calls = [
      ...numbered('last', 50).map((text) => bus.publish(Buffer.from(text))),
      bus.beat(Buffer.from('b')),
      bus.replay(mark),
      bus.mark(),
    ];
    const settled = Promise.allSettled(calls);
    await bus[Symbol.asyncDispose]();
    for (const outcome of await settled) {
      if (outcome.status === 'rejected') assert.match(String(outcome.reason.code), /^ERR_(BUS|CLOSED)$/);
    }
  });
}
