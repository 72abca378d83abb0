import assert from 'node:assert/strict';
import type { BusMark } from '../bus/bus.ts';
import { type BusFleet, type BusTest, numbered, type Peer, publishInTurn } from './bus-fleet.ts';
import type { LogControl } from './bus-subject.ts';
import { seeded } from './seeded.ts';

type KeptLog = Extract<LogControl, { isKept: true }>;

const STEPS = 60;

/** What the log tells again, and when it must say that it cannot. */
export function testReplays(testBus: BusTest): void {
  testBus('keeps a log or none, and says which', async (fleet) => {
    const { bus, heard } = await fleet.join();
    assert.equal((await bus.mark()) !== undefined, fleet.log.isKept);
    await publishInTurn({ bus, heard }, ['message']);
    await fleet.calm();
    assert.equal(await bus.replay({ log: 'a log that never was', at: '0' }), false);
  });

  const testLog = (fact: string, run: (fleet: BusFleet, log: KeptLog) => Promise<void>): void =>
    testBus(fact, async (fleet) => {
      if (fleet.log.isKept) await run(fleet, fleet.log);
    });

  testLog('tells all that came after a mark, of whichever sender, in order, before it resolves', async (fleet) => {
    const peers = await fleet.joinThree();
    const [a, b, c] = peers;
    await publishInTurn(a, numbered('old', 10));
    const mark = await markOf(b);
    for (const [n, peer] of [a, b, c, b, a, c].entries()) await publishInTurn(peer, numbered(`${n}/`, 7));
    await fleet.calm();
    const texts = [0, 1, 2, 3, 4, 5].flatMap((n) => numbered(`${n}/`, 7));
    for (const peer of peers) assert.deepEqual(await toldAgain(peer, mark), { isWhole: true, texts });
  });

  testLog('tells in one order to all, which is that of each sender', async (fleet) => {
    const peers = await fleet.joinThree();
    const mark = await markOf(peers[0]);
    const sent = peers.map((_, at) => numbered(`${'abc'[at]}`, 60));
    await Promise.all(peers.flatMap(({ bus }, at) => (sent[at] ?? []).map((text) => bus.publish(Buffer.from(text)))));
    await fleet.calm();
    const told = await Promise.all(peers.map((peer) => toldAgain(peer, mark)));
    for (const { isWhole, texts } of told) {
      assert.deepEqual([isWhole, texts], [true, told[0]?.texts]);
      for (const [at, own] of sent.entries())
        assert.deepEqual(
          texts.filter((text) => text.startsWith(`${'abc'[at]}`)),
          own,
        );
    }
  });

  testLog('tells nothing from a mark behind which nothing came, to a newcomer as well', async (fleet) => {
    const sender = await fleet.join();
    const empty = await markOf(sender);
    assert.deepEqual(await toldAgain(sender, empty), { isWhole: true, texts: [] });
    await publishInTurn(sender, numbered('m', 5));
    const newcomer = await fleet.join();
    assert.deepEqual(await toldAgain(newcomer, await markOf(newcomer)), { isWhole: true, texts: [] });
    assert.deepEqual(await toldAgain(newcomer, empty), { isWhole: true, texts: numbered('m', 5) });
  });

  testLog('goes on bringing what is published while it tells again', async (fleet) => {
    const [sender, receiver] = [await fleet.join(), await fleet.join()];
    const mark = await markOf(receiver);
    await publishInTurn(sender, numbered('before', 200));
    const [isWhole] = await Promise.all([receiver.bus.replay(mark), publishInTurn(sender, numbered('while', 50))]);
    await fleet.calm();
    assert.equal(isWhole, true);
    const told = new Set(receiver.heard.texts);
    assert.deepEqual(
      [...numbered('before', 200), ...numbered('while', 50)].filter((text) => !told.has(text)),
      [],
    );
    assert.deepEqual(sender.heard.texts, [...numbered('before', 200), ...numbered('while', 50)]);
  });

  testLog('does not vouch for a log that was made anew', async (fleet, log) => {
    const [sender, receiver] = [await fleet.join(), await fleet.join()];
    await publishInTurn(sender, numbered('old', 5));
    const old = await markOf(receiver);
    await publishInTurn(sender, ['lost']);
    await log.recreate();
    assert.equal(await receiver.bus.replay(old), false, 'while the new log is empty');
    await publishInTurn(sender, numbered('new', 20));
    assert.equal(await receiver.bus.replay(old), false, 'when the new log has grown past the mark');
    const mark = await markOf(receiver);
    assert.notEqual(mark.log, old.log);
    await publishInTurn(sender, ['newest']);
    await fleet.calm();
    assert.deepEqual(await toldAgain(receiver, mark), { isWhole: true, texts: ['newest'] });
  });

  testLog('does not vouch for a log that was cut short behind the mark', async (fleet, log) => {
    const [sender, receiver] = [await fleet.join(), await fleet.join()];
    const old = await markOf(receiver);
    await publishInTurn(sender, numbered('lost', 5));
    await log.overrun();
    assert.equal(await receiver.bus.replay(old), false);
    const mark = await markOf(receiver);
    await publishInTurn(sender, numbered('new', 5));
    assert.equal(await receiver.bus.replay(old), false);
    await fleet.calm();
    assert.deepEqual(await toldAgain(receiver, mark), { isWhole: true, texts: numbered('new', 5) });
  });

  for (const seed of [1, 2, 3]) {
    testLog(
      `never vouches for a replay from which a message is missing, and always for one from a whole log (seed ${seed})`,
      async (fleet, log) => {
        await playHistory(fleet, log, seeded(seed));
      },
    );
  }
}

/** A mark, how many messages had been published when it was set, and how often the log had been hurt. */
interface Place {
  readonly mark: BusMark;
  readonly published: number;
  readonly hurts: number;
}

async function playHistory(fleet: BusFleet, log: KeptLog, random: () => number): Promise<void> {
  const peers = await fleet.joinThree();
  const pick = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(random() * from.length)] ?? from[0];
  const published: string[] = [];
  const places: [Place, ...Place[]] = [{ mark: await markOf(peers[0]), published: 0, hurts: 0 }];
  let hurts = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const chance = random();
    if (chance < 0.5) {
      const texts = numbered(`${step}/`, 1 + Math.floor(random() * 8));
      await publishInTurn(pick(peers), texts);
      published.push(...texts);
    } else if (chance < 0.7) {
      places.push({ mark: await markOf(pick(peers)), published: published.length, hurts });
    } else if (chance < 0.75) {
      await (random() < 0.5 ? log.recreate() : log.overrun());
      hurts += 1;
    } else {
      const place = pick(places);
      await fleet.calm();
      const { isWhole, texts } = await toldAgain(pick(peers), place.mark);
      const missing = published.slice(place.published);
      if (place.hurts === hurts) assert.equal(isWhole, true, `step ${step}: nothing befell the log`);
      if (isWhole)
        assert.deepEqual(
          texts.filter((text) => missing.includes(text)),
          missing,
          `step ${step}`,
        );
    }
  }
}

async function markOf({ bus }: Peer): Promise<BusMark> {
  const mark = await bus.mark();
  assert.ok(mark, 'a bus with a log has a mark');
  return mark;
}

/** What a replay tells, on a channel where nothing else is under way. */
async function toldAgain({ bus, heard }: Peer, mark: BusMark): Promise<{ readonly isWhole: boolean; readonly texts: readonly string[] }> {
  const from = heard.messages.length;
  const isWhole = await bus.replay(mark);
  return { isWhole, texts: heard.texts.slice(from) };
}
