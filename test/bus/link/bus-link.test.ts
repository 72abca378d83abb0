import { afterEach, describe, expect, test, vi } from 'vitest';
import { BusHub } from '../../../src/bus/in-process/bus-hub.ts';
import { inProcessBus } from '../../../src/bus/in-process/in-process-bus.ts';
import { BusLink } from '../../../src/bus/link/bus-link.ts';
import { decodeMessage, encodeMessage } from '../../../src/bus/link/bus-message.ts';
import { VersionClock } from '../../../src/entry/version.ts';
import { ChaosBus } from '../../../src/testing/chaos-bus.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { type Linked, Links, NewsRecord, newer } from './linked.ts';
import { beatOf, newsOf, sealedFields } from './messages.ts';

/** The first, second and third. */
function three([a, b, c]: readonly Linked[]): [Linked, Linked, Linked] {
  return [a as Linked, b as Linked, c as Linked];
}

describe('a link to a bus', () => {
  afterEach(() => vi.restoreAllMocks());

  test('tells all others what it was told, once, in its order, and itself nothing', async () => {
    const links = new Links();
    const [a, b, c] = three(await links.joined(3));
    for (const key of ['A', 'B', 'C']) a.tell(key);
    await links.clock.advance(10);
    expect([a.heard.keys, b.heard.keys, c.heard.keys]).toEqual([[], ['A', 'B', 'C'], ['A', 'B', 'C']]);
    expect(a.link.stats).toMatchObject({ messages: 1, notices: 3, peers: 2, state: 'live', reason: '', waiting: 0 });
    expect(b.link.stats).toMatchObject({ received: 1, repeated: 0, gaps: 0, lagMs: 0 });
  });

  test('is live only when it has listened for others, and makes stale what was there before, once', async () => {
    const links = new Links();
    const { link, heard } = links.join();
    expect(link.stats).toMatchObject({ state: 'starting', reason: 'not connected yet', lagMs: -1 });
    await links.clock.advance(600);
    expect(link.stats).toMatchObject({ state: 'starting', reason: 'listening for the other processes' });
    expect([link.isLive, heard.distrusts]).toEqual([false, []]);
    await links.clock.advance(2_000);
    expect([link.isLive, heard.distrusts.length]).toEqual([true, 1]);
    expect(heard.believedUntil).toBeGreaterThan(links.clock.monotonic() + 1_000);
  });

  test.each([
    ['and told of it', false],
    ['in silence', true],
  ])('is suspect while it is cut off %s, and live again within a second, with all it missed', async (_, silent) => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    b.bus.cut({ silent });
    a.tell('A');
    await links.clock.advance(3_000);
    expect(b.link.stats.state).toBe('suspect');
    expect(b.heard.believedUntil).toBeLessThan(links.clock.monotonic());
    b.bus.heal();
    await links.clock.advance(1_500);
    expect([b.link.isLive, b.heard.keys, b.heard.distrusts.length]).toEqual([true, ['A'], 1]);
    expect(b.link.stats).toMatchObject({ gaps: 1, replays: 1, distrusts: 0 });
  });

  test('finds the loss of any message, be it the last, and has it from the log', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    b.bus.drop({ times: 1 });
    a.tell('A');
    await links.clock.advance(1_000);
    expect(b.heard.keys).toEqual(['A']);
    b.bus.drop({ times: 1 });
    a.tell('B');
    await links.clock.advance(1);
    a.tell('C');
    await links.clock.advance(1);
    expect(b.heard.keys).toEqual(['A', 'C', 'B']);
    expect(b.heard.distrusts).toHaveLength(1);
  });

  test('makes memory stale when the log cannot vouch for what was missed', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    b.bus.drop({ times: 1 });
    a.tell('A');
    await links.clock.advance(1);
    links.hub.recreateLog();
    await links.clock.advance(1_500);
    expect([b.heard.keys, b.heard.distrusts.length, b.link.isLive]).toEqual([[], 2, true]);
    a.tell('B');
    await links.clock.advance(10);
    expect(b.heard.keys).toEqual(['B']);
  });

  test('asks a log three times that has not got yet what was told, and then gives up', async () => {
    const links = new Links();
    const [, b] = three(await links.joined(3));
    const replays = b.bus.count('replay');
    links.hub.beat(encodeMessage(beatOf('stranger', 0, 0)));
    await links.clock.advance(1);
    links.hub.beat(encodeMessage(beatOf('stranger', 1, 0)));
    await links.clock.advance(1);
    expect(b.bus.count('replay') - replays).toBe(1);
    await links.clock.advance(300);
    expect(b.bus.count('replay') - replays).toBe(3);
    expect(b.heard.distrusts).toHaveLength(2);
  });

  test('waits for a process that falls silent, and then makes memory stale once', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(2).then(([x, y]) => [x, y, x] as Linked[]));
    a.bus.cut({ silent: true });
    await links.clock.advance(10_000);
    expect(b.link.stats.state).toBe('suspect');
    expect(b.link.stats.reason).toMatch(/^process [\w-]+ has not been heard$/);
    await links.clock.advance(25_000);
    expect([b.link.isLive, b.heard.distrusts.length, b.link.stats.peers]).toEqual([true, 2, 0]);
  });

  test('waits for nobody who closed', async () => {
    const links = new Links();
    const [a, b, c] = three(await links.joined(3));
    a.tell('A');
    await links.clock.advance(1);
    await a.link.close();
    for (let waited = 0; waited < 40_000; waited += 500) {
      await links.clock.advance(500);
      expect(b.link.isLive).toBe(true);
    }
    expect([b.heard.distrusts.length, c.link.stats.peers]).toEqual([1, 1]);
    expect(a.link.stats).toMatchObject({ state: 'closed', reason: 'closed' });
  });

  test('waits for nobody who closed, though the log tells of it again', async () => {
    const links = new Links();
    const [a, b, c] = three(await links.joined(3));
    a.tell('A');
    await links.clock.advance(1);
    await a.link.close();
    await links.clock.advance(100);
    b.bus.drop({ times: 1 });
    c.tell('C');
    await links.clock.advance(3_000);
    expect(b.heard.keys).toEqual(['A', 'C']);
    expect([b.link.isLive, b.link.stats.reason]).toEqual([true, '']);
    await links.clock.advance(40_000);
    expect(b.heard.distrusts).toHaveLength(1);
  });

  test('waits for nobody who closed before its last message was heard', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    b.bus.drop({ times: 1 });
    a.tell('A');
    await a.link.close();
    await links.clock.advance(3_000);
    expect([b.heard.keys, b.link.isLive]).toEqual([['A'], true]);
  });

  test('is live again within ten seconds, though the clock of another stood still for a while', async () => {
    const links = new Links();
    const sleeper = new FakeClock();
    const a = links.join();
    const b = links.join({}, sleeper);
    const pass = async (ms: number, isAsleep = false): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 100) {
        await links.clock.advance(100);
        if (!isAsleep) await sleeper.advance(100);
      }
    };
    await pass(3_000);
    expect([a.link.isLive, b.link.isLive]).toEqual([true, true]);
    await pass(10_000, true);
    expect(a.link.isLive).toBe(false);
    await pass(10_000);
    expect([a.link.isLive, b.link.isLive]).toEqual([true, true]);
  });

  test('hears those whose chance is the same as its own', async () => {
    const clock = new FakeClock();
    const hub = new BusHub();
    const join = (): { link: BusLink; heard: NewsRecord } => {
      const heard = new NewsRecord();
      const versions = new VersionClock(() => clock.now(), 1);
      return { heard, link: new BusLink(inProcessBus({ hub }), heard, versions, { clock, random: () => 0.5 }) };
    };
    const [a, b] = [join(), join()];
    await clock.advance(2_000);
    a.link.tell({ about: 'clear', namespace: 'main', version: { stamp: 1, origin: 1 } });
    await clock.advance(10);
    expect(b.heard.keys).toEqual(['clear']);
  });

  test('lets one that lost count be known by all to have missed something', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    a.bus.cut();
    for (let n = 0; n < 50_001; n += 1) a.tell(`K${n}`);
    expect(a.link.stats.waiting).toBe(0);
    await links.clock.advance(100);
    a.bus.heal();
    await links.clock.advance(1_000);
    expect(a.link.stats.lostCount).toBe(1);
    expect([b.heard.distrusts.length, b.link.stats.distrusts]).toEqual([2, 1]);
    a.tell('A');
    await links.clock.advance(10);
    expect(b.heard.keys).toEqual(['A']);
  });

  test('gives no sign of life while it has something untold, so that nobody believes to know all', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    a.bus.failPublish({ times: Number.POSITIVE_INFINITY });
    a.tell('A');
    await links.clock.advance(5_000);
    expect([a.link.stats.waiting, b.link.isLive]).toEqual([1, false]);
    expect(a.link.stats.errors).toBeGreaterThan(0);
    a.bus.heal();
    await links.clock.advance(2_500);
    expect([a.link.stats.waiting, b.link.isLive, b.heard.keys]).toEqual([0, true, ['A']]);
  });

  test('tells again what may have been taken, which is known to others', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    a.bus.failPublish({ after: 'taken' });
    a.tell('A');
    await links.clock.advance(1_000);
    expect(b.heard.keys).toEqual(['A']);
    expect(b.link.stats).toMatchObject({ received: 2, repeated: 1, gaps: 0 });
  });

  test('refuses what is no message, and misses it', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    b.bus.corrupt({ times: 1 });
    a.tell('A');
    await links.clock.advance(1_000);
    expect([b.link.stats.refused, b.heard.keys]).toEqual([1, ['A']]);
  });

  test('refuses what is longer than the bus allows', async () => {
    const links = new Links();
    const { link } = links.join();
    link.beat(new Uint8Array(1_024 * 1_024 + 1));
    expect(link.stats.refused).toBe(1);
  });

  test('believes memory for a moment only while a process of a later version tells what it cannot read, and makes it stale once at its end', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    const { clock, hub } = links;
    let told = 0;
    const beat = (isLast: boolean): void => hub.beat(sealedFields(['beat', 'later', 1, told, clock.monotonic(), isLast, 0, 'more'], 2));
    beat(false);
    await clock.advance(2_500);
    expect(b.link.stats).toMatchObject({ state: 'suspect', reason: 'process later has not been heard' });
    for (; told < 300; await clock.advance(200)) {
      told += 1;
      hub.publish(sealedFields(['news', 'later', 1, told, { as: 'nobody knows yet' }], 2));
      beat(false);
    }
    expect(b.heard.believedUntil).toBeLessThan(clock.monotonic() - 50_000);
    expect([b.link.isLive, b.link.stats.reason]).toEqual([false, expect.stringMatching(/^process later is of a later version.*update/)]);
    expect(b.link.stats).toMatchObject({ refused: 300, gaps: 0, distrusts: 0, peers: 3 });
    a.tell('A');
    await clock.advance(1);
    expect(b.heard.keys).toEqual(['A']);
    beat(true);
    beat(true);
    await clock.advance(1_000);
    expect(b.link.stats).toMatchObject({ state: 'live', distrusts: 1, peers: 2 });
  });

  test('finds the loss of news that it cannot read, has them from the log, and makes memory stale once when their sender dies', async () => {
    const links = new Links();
    const [, b] = three(await links.joined(3));
    const { clock, hub } = links;
    b.bus.drop({ times: 1 });
    for (let told = 1; told <= 3; told += 1) {
      hub.publish(sealedFields(['news', 'later', 1, told], 2));
      await clock.advance(1_000);
    }
    expect(b.link.stats).toMatchObject({ state: 'suspect', gaps: 1, replays: 1, distrusts: 0 });
    await clock.advance(60_000);
    expect(b.link.stats).toMatchObject({ state: 'live', distrusts: 1, peers: 2 });
  });

  test('writes newer versions than it was told of in beats', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    const ahead = b.versions.next() + 8_192 * 60_000;
    a.versions.observe(ahead);
    await links.clock.advance(1_000);
    expect(b.versions.next()).toBeGreaterThan(ahead);
  });

  test('is proven by no beat of its own that says to be from the future', async () => {
    const links = new Links();
    const [a] = three(await links.joined(3));
    a.bus.drop({ of: ['beat'], times: Number.POSITIVE_INFINITY });
    links.hub.beat(encodeMessage(beatOf(await nameOf(links, a), 0, 1e9)));
    await links.clock.advance(3_000);
    expect([a.link.isLive, a.link.stats.lagMs]).toEqual([false, 0]);
  });

  test('is bounded by 10 000 publishers that nobody knows, and lives on', async () => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    for (let n = 0; n < 12_000; n += 1) b.link.message(encodeMessage(newsOf(`p${n}`, 1)));
    expect(b.link.stats.peers).toBe(10_000);
    a.tell('A');
    await links.clock.advance(40_000);
    expect([b.heard.keys, b.link.isLive, b.link.stats.peers]).toEqual([['A'], true, 2]);
  });

  test.each([
    ['the end of the log is never told', ['mark'] as const],
    ['the log never answers', ['replay'] as const],
    ['neither call ends', ['mark', 'replay'] as const],
  ])('is live again although %s', async (_, calls) => {
    const links = new Links();
    const [a, b] = three(await links.joined(3));
    b.bus.drop({ times: 1 });
    b.bus.hang({ calls, times: Number.POSITIVE_INFINITY });
    a.tell('A');
    await links.clock.advance(1);
    links.hub.recreateLog();
    await links.clock.advance(10_000);
    expect([b.link.isLive, b.heard.distrusts.length]).toEqual([true, 2]);
    await b.link.close();
  });

  test('closes within its deadline, hears and tells nothing afterwards, and leaves no timer', async () => {
    const links = new Links();
    const [a, b, c] = three(await links.joined(3));
    a.tell('A');
    const closing = a.link.close();
    expect(a.link.close()).toBe(closing);
    await closing;
    a.tell('B');
    a.link.connected();
    a.link.message(encodeMessage(newsOf('x', 1)));
    a.link.gaveUp();
    await a.link.flush();
    await links.clock.advance(10);
    expect([b.heard.keys, a.heard.keys, a.heard.distrusts.length]).toEqual([['A'], [], 1]);
    await Promise.all([b.link.close(), c.link.close()]);
    expect(links.clock.timerCount).toBe(0);
  });

  test('warns of an observer that throws, and goes on', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const clock = new FakeClock();
    const bus = new ChaosBus(inProcessBus({ hub: new BusHub() }), { clock });
    const onChange = (): void => {
      throw new Error('the observer fell');
    };
    const link = new BusLink(bus, new NewsRecord(), new VersionClock(() => clock.now(), 1), { clock, onChange });
    await clock.advance(2_000);
    expect(link.isLive).toBe(true);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('the observer fell'), 'TiercelWarning');
    await link.close();
  });
});

/** The name under which a process takes part, as others hear it. */
async function nameOf({ hub, clock }: Links, { link }: Linked): Promise<string> {
  const heard = new RecordingListener();
  const bus = inProcessBus({ hub });
  bus.listen(heard);
  await clock.advance(1);
  link.tell(newer('name'));
  await clock.advance(1);
  await bus[Symbol.asyncDispose]();
  return decodeMessage(heard.messages.at(-1) as Uint8Array)?.publisher ?? '';
}
