import assert from 'node:assert/strict';
import { type BusTest, numbered, type Peer, publishInTurn } from './bus-fleet.ts';
import { RecordingListener } from './recording-listener.ts';
import { seeded } from './seeded.ts';
import { assertSame } from './tier-answers.ts';

const MESSAGES = 5_000;
/** So many publishes are under way at once from each publisher. */
const AT_ONCE = 50;

/** How messages come from one to all. */
export function testDelivery(testBus: BusTest): void {
  testBus('brings each message to all, its sender included, in the order of the sender', async (fleet) => {
    const peers = await fleet.joinThree();
    const texts = numbered('a', 50);
    await Promise.all(texts.map((text) => peers[0].bus.publish(Buffer.from(text))));
    await fleet.calm();
    for (const { heard } of peers) assert.deepEqual(heard.texts, texts);
  });

  testBus('brings bytes as they were: none, one, every value, as many as may be', async (fleet) => {
    const [sender, receiver] = [await fleet.join(), await fleet.join()];
    const { maxMessageBytes } = sender.bus;
    const random = seeded(7);
    const samples = [
      new Uint8Array(0),
      Uint8Array.of(0),
      Uint8Array.from({ length: 256 }, (_, value) => value),
      Uint8Array.from({ length: Math.min(10_000, maxMessageBytes) }, () => Math.floor(random() * 256)),
      Uint8Array.from({ length: maxMessageBytes }, (_, at) => at * 31),
      Buffer.from('from a pool, at some offset'),
    ];
    for (const bytes of samples) await sender.bus.publish(bytes);
    await fleet.calm();
    for (const { heard } of [sender, receiver]) assertSame(heard.messages, samples);
  });

  testBus('refuses what is too long, and nobody is the worse for it', async (fleet) => {
    const [sender, receiver] = [await fleet.join(), await fleet.join()];
    const { bus } = sender;
    for (const length of [bus.maxMessageBytes + 1, bus.maxMessageBytes * 3]) {
      await assert.rejects(bus.publish(new Uint8Array(length)), { code: 'ERR_BUS' });
      await assert.rejects(bus.beat(new Uint8Array(length)), { code: 'ERR_BUS' });
    }
    await publishInTurn(sender, ['short']);
    await fleet.calm();
    for (const { heard } of [sender, receiver]) assert.deepEqual([heard.texts, heard.losses], [['short'], []]);
  });

  testBus('gives each listener bytes of its own, and leaves the sender its own', async (fleet) => {
    const peers = await fleet.joinThree();
    for (const { heard } of peers) {
      const { messages } = heard;
      heard.message = (bytes) => {
        messages.push(new Uint8Array(bytes));
        bytes.fill(0xff);
      };
    }
    const sent = Buffer.from('as it was sent');
    const mark = await peers[0].bus.mark();
    await peers[0].bus.publish(sent);
    assert.equal(sent.toString(), 'as it was sent');
    sent.fill(0);
    await fleet.calm();
    for (const { heard } of peers) assert.deepEqual(heard.texts, ['as it was sent']);
    if (mark === undefined) return;
    for (let time = 0; time < 2; time += 1) assert.equal(await peers[1].bus.replay(mark), true);
    assert.deepEqual(peers[1].heard.texts, ['as it was sent', 'as it was sent', 'as it was sent']);
  });

  testBus('goes on when a listener throws, and warns of it', async (fleet) => {
    const warnings: string[] = [];
    const note = (warning: Error): void => {
      warnings.push(warning.name);
    };
    process.on('warning', note);
    try {
      const clumsy = new RecordingListener();
      const { messages } = clumsy;
      clumsy.message = (bytes) => {
        messages.push(bytes);
        throw new Error('the listener stumbled');
      };
      const [sender] = [await fleet.join(), await fleet.join(clumsy)];
      await publishInTurn(sender, numbered('m', 5));
      await fleet.calm();
      await fleet.until(() => warnings.length > 0);
      assert.deepEqual([sender.heard.texts, clumsy.texts, clumsy.losses], [numbered('m', 5), numbered('m', 5), []]);
      assert.ok(warnings.includes('TiercelWarning'));
    } finally {
      process.off('warning', note);
    }
  });

  testBus(`brings ${MESSAGES} messages of three senders to all, each once and in its sender's order`, async (fleet) => {
    const peers = await fleet.joinThree();
    const texts = peers.map((_, at) => numbered(`${'abc'[at]}`, MESSAGES / peers.length));
    await Promise.all(peers.map((peer, at) => publishInBursts(peer, texts[at] ?? [])));
    await fleet.calm();
    for (const { heard } of peers) {
      const told = heard.texts;
      for (const [at, sent] of texts.entries())
        assert.deepEqual(
          told.filter((text) => text.startsWith(`${'abc'[at]}`)),
          sent,
        );
      assert.equal(told.length, texts.flat().length);
    }
  });
}

/** Publishes texts, some at once. */
async function publishInBursts({ bus }: Peer, texts: readonly string[]): Promise<void> {
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    await Promise.all(texts.slice(from, from + AT_ONCE).map((text) => bus.publish(Buffer.from(text))));
  }
}
