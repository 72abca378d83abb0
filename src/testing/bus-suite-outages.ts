import assert from 'node:assert/strict';
import { assertRefuses, type BusTest, numbered, publishInTurn } from './bus-fleet.ts';

/** What a bus does while it is cut off, and when it comes back. */
export function testOutages(testBus: BusTest): void {
  testBus('tells that it is cut off, refuses what it cannot send, and comes back by itself', async (fleet) => {
    if (!fleet.outage.canHappen) return;
    const peers = await fleet.joinThree();
    for (let time = 1; time <= 2; time += 1) {
      await fleet.outage.begin();
      await fleet.until(() => peers.every(({ heard }) => !heard.isConnected));
      for (const { bus, heard } of peers) {
        await assertRefuses(bus, 'ERR_BUS');
        assert.ok(heard.losses.every((reason) => reason.length > 0));
      }
      await fleet.outage.end();
      await fleet.until(() => peers.every(({ heard }) => heard.isConnected));
      const texts = numbered(`${time}/`, 20);
      await publishInTurn(peers[0], texts);
      await fleet.calm();
      for (const { heard } of peers) assert.deepEqual(heard.texts.slice(-texts.length), texts);
    }
  });

  testBus('closes while it is cut off, and tells nothing when the others come back', async (fleet) => {
    if (!fleet.outage.canHappen) return;
    const [leaving, staying] = [await fleet.join(), await fleet.join()];
    await fleet.outage.begin();
    await fleet.until(() => !leaving.heard.isConnected);
    await leaving.bus[Symbol.asyncDispose]();
    await assertRefuses(leaving.bus, 'ERR_CLOSED');
    await fleet.outage.end();
    await fleet.until(() => staying.heard.isConnected);
    await publishInTurn(staying, ['back']);
    await fleet.calm([staying]);
    assert.deepEqual([leaving.heard.connections, leaving.heard.texts], [1, []]);
  });

  testBus('tells again what came before the outage, or says that it cannot', async (fleet) => {
    if (!fleet.outage.canHappen || !fleet.log.isKept) return;
    const [sender, receiver] = [await fleet.join(), await fleet.join()];
    const mark = await receiver.bus.mark();
    assert.ok(mark);
    await publishInTurn(sender, numbered('before', 20));
    await fleet.outage.begin();
    await fleet.until(() => !sender.heard.isConnected && !receiver.heard.isConnected);
    await fleet.outage.end();
    await fleet.until(() => sender.heard.isConnected && receiver.heard.isConnected);
    await publishInTurn(sender, numbered('after', 20));
    await fleet.calm();
    const from = receiver.heard.messages.length;
    const isWhole = await receiver.bus.replay(mark);
    if (isWhole) assert.deepEqual(receiver.heard.texts.slice(from), [...numbered('before', 20), ...numbered('after', 20)]);
  });
}
