import assert from 'node:assert/strict';
import { type BusTest, type Peer, publishInTurn } from './bus-fleet.ts';
import { seeded } from './seeded.ts';
import { assertSame } from './tier-answers.ts';

const STEPS = 150;

/** What a beat proves when it comes back. */
export function testBeats(testBus: BusTest): void {
  testBus('brings each beat to all, its sender included, as it was, and as no message', async (fleet) => {
    const peers = await fleet.joinThree();
    const beats = [
      new Uint8Array(0),
      Uint8Array.from({ length: 256 }, (_, value) => value),
      Buffer.from('beat'),
      new Uint8Array(peers[0].bus.maxMessageBytes),
    ];
    for (const beat of beats) await peers[0].bus.beat(beat);
    await fleet.until(() => peers.every(({ heard }) => heard.beats.length >= beats.length));
    for (const { heard } of peers) {
      assertSame(heard.beats, beats);
      assert.equal(heard.messages.length, 0);
    }
  });

  testBus('does not keep beats in the log', async (fleet) => {
    const [sender, receiver] = [await fleet.join(), await fleet.join()];
    const mark = await sender.bus.mark();
    for (let n = 0; n < 5; n += 1) await sender.bus.beat(Buffer.from(`beat ${n}`));
    await publishInTurn(sender, ['message']);
    for (let n = 0; n < 5; n += 1) await sender.bus.beat(Buffer.from(`beat ${n}`));
    await fleet.calm();
    if (mark === undefined) return;
    const told = { beats: receiver.heard.beats.length, messages: receiver.heard.messages.length };
    assert.equal(await receiver.bus.replay(mark), true);
    assert.equal(receiver.heard.beats.length, told.beats);
    assert.deepEqual(receiver.heard.texts.slice(told.messages), ['message']);
  });

  for (const seed of [1, 2, 3]) {
    testBus(`tells a process its own beat only after every message taken before it was sent (seed ${seed})`, async (fleet) => {
      const random = seeded(seed);
      const peers = await fleet.joinThree();
      const taken: string[] = [];
      const calls: Promise<void>[] = [];
      const faults: string[] = [];
      const awaited = peers.map((peer) => watchBeats(peer, faults));
      for (let step = 0; step < STEPS; step += 1) {
        const at = Math.floor(random() * peers.length);
        const peer = peers[at] ?? peers[0];
        if (random() < 0.7) {
          const text = `${step}`;
          calls.push(peer.bus.publish(Buffer.from(text)).then(() => void taken.push(text)));
        } else {
          awaited[at]?.set(`${at}/${step}`, [...taken]);
          calls.push(peer.bus.beat(Buffer.from(`${at}/${step}`)));
        }
        if (random() < 0.3) await Promise.allSettled(calls.splice(0, Math.ceil(random() * calls.length)));
      }
      await Promise.all(calls);
      await fleet.until(() => awaited.every((beats) => beats.size === 0));
      assert.deepEqual(faults, []);
    });
  }
}

/** Notes each beat of the peer's own that comes back before a message it must not overtake. The map is filled by the sender: beat → messages. */
function watchBeats({ heard }: Peer, faults: string[]): Map<string, readonly string[]> {
  const awaited = new Map<string, readonly string[]>();
  const told = new Set<string>();
  heard.message = (bytes) => void told.add(Buffer.from(bytes).toString());
  heard.beat = (bytes) => {
    const beat = Buffer.from(bytes).toString();
    const missing = awaited.get(beat)?.find((text) => !told.has(text));
    if (missing !== undefined) faults.push(`beat ${beat} came before message ${missing}`);
    awaited.delete(beat);
  };
  return awaited;
}
