import { describe, expect, test } from 'vitest';
import type { BusMark } from '../../../src/bus/bus.ts';
import { bytes, calm, soon } from '../peer.ts';
import { BEATS, joined, NEWS, serverFor } from './joined.ts';

describe('the log of a RedisBus', () => {
  test('is told lost when Redis is flushed, vouches for nothing from before, and is made anew', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ url: server.url }), await joined({ url: server.url })];
    await a.bus.publish(bytes('before'));
    const mark = await b.bus.mark();
    await server.flushAll();
    await soon(() => a.bus.stats.logsLost === 1 && b.bus.stats.logsLost === 1);
    await soon(() => a.heard.connections === 2 && b.heard.connections === 2);
    expect(await b.bus.replay(mark)).toBe(false);
    for (let n = 0; n < 20; n += 1) await a.bus.publish(bytes(`after ${n}`));
    expect(await b.bus.replay(mark)).toBe(false);
    const next = await b.bus.mark();
    await a.bus.publish(bytes('last'));
    await calm(a, b);
    expect(next.log).not.toBe(mark.log);
    expect(await b.bus.replay(next)).toBe(true);
    expect(a.warnings.map(({ kind }) => kind)).toEqual(['log-lost']);
  });

  test('is another one even when it is gone for an instant, between two looks', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url });
    await peer.bus.publish(bytes('before'));
    const mark = await peer.bus.mark();
    await server.cli('EVAL', `redis.call('DEL', KEYS[1]) redis.call('XADD', KEYS[1], '*', 'b', 'by somebody')`, '1', NEWS);
    expect(await peer.bus.replay(mark)).toBe(false);
    await soon(() => peer.heard.connections === 2);
    expect(peer.bus.stats.logsLost).toBe(1);
  });

  test('that takes ids from the future, and is made anew with those of today, is heard all the same', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url });
    await server.cli('XADD', NEWS, '99999999999999-0', 'b', 'of the future');
    await soon(() => peer.heard.texts.length === 1);
    await server.cli('DEL', NEWS);
    await soon(() => peer.heard.connections === 2);
    await peer.bus.publish(bytes('of today'));
    await calm(peer);
    expect(peer.heard.texts).toEqual(['of the future', 'of today']);
  });

  test('holds about as many messages as it may, and does not vouch for more', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url, maxMessages: 100 });
    const old = await peer.bus.mark();
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => peer.bus.publish(bytes(`${n}`))));
    const length = Number(await server.cli('XLEN', NEWS));
    expect(length).toBeGreaterThanOrEqual(100);
    expect(length).toBeLessThan(300);
    expect(await peer.bus.replay(old)).toBe(false);
    const mark = await peer.bus.mark();
    for (let n = 0; n < 100; n += 1) await peer.bus.publish(bytes(`new ${n}`));
    await calm(peer);
    peer.heard.messages.length = 0;
    expect(await peer.bus.replay(mark)).toBe(true);
    expect(peer.heard.texts).toHaveLength(100);
  });

  test('forgets what is older than it keeps', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url, keepFor: '1s' });
    const mark = await peer.bus.mark();
    await Promise.all(Array.from({ length: 500 }, (_, n) => peer.bus.publish(bytes(`${n}`))));
    await expect
      .poll(
        async () => {
          await peer.bus.publish(bytes('later'));
          return Number(await server.cli('XLEN', NEWS));
        },
        { timeout: 5_000, interval: 50 },
      )
      .toBeLessThan(300);
    expect(await peer.bus.replay(mark)).toBe(false);
  });

  test('does not vouch for a replay from whose middle a message was deleted', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url });
    const mark = await peer.bus.mark();
    for (let n = 0; n < 10; n += 1) await peer.bus.publish(bytes(`${n}`));
    const fifth = (await server.cli('XRANGE', NEWS, '-', '+', 'COUNT', '5')).split('\n').at(-3) ?? '';
    expect(await peer.bus.replay(mark)).toBe(true);
    expect(await server.cli('XDEL', NEWS, fifth)).toBe('1');
    expect(await peer.bus.replay(mark)).toBe(false);
  });

  test('does not vouch for marks that nobody set', async () => {
    const server = await serverFor();
    const { bus } = await joined({ url: server.url });
    await bus.publish(bytes('one'));
    const { log } = await bus.mark();
    for (const at of ['', '0', '-', '5-', '99999999999999-0 5', '0-0 -5', '0-0 99', 'constructor']) {
      expect(await bus.replay({ log, at })).toBe(false);
    }
  });

  test('does not vouch for the place of a message that a failover took away', async () => {
    const server = await serverFor();
    const { bus } = await joined({ url: server.url });
    await bus.publish(bytes('kept'));
    const { log, at } = await bus.mark();
    const [id = '', added] = at.split(' ');
    // As after a failover that lost one message, when another took its count, and a lower id.
    const [ms = 0, count = 0] = id.split('-').map(Number);
    for (let n = 0; n < 3; n += 1) await bus.publish(bytes(`new ${n}`));
    expect(await bus.replay({ log, at: `${ms}-${count + 1} ${added}` })).toBe(false);
    expect(await bus.replay({ log, at })).toBe(true);
  });

  test('that does not count, as before Redis 7, vouches for what is behind a message that is still there', async () => {
    const server = await serverFor();
    const { bus, heard } = await joined({ url: server.url });
    const empty = await bus.mark();
    await bus.publish(bytes('marked'));
    const marked = await bus.mark();
    await Promise.all(Array.from({ length: 300 }, (_, n) => bus.publish(bytes(`${n}`))));
    const uncounted = ({ log, at }: BusMark): BusMark => ({ log, at: at.split(' ')[0] ?? '' });
    await soon(() => heard.messages.length === 301);
    expect(await bus.replay(uncounted(marked))).toBe(true);
    expect(heard.texts.slice(301)).toEqual(Array.from({ length: 300 }, (_, n) => `${n}`));
    expect(await bus.replay(uncounted(empty))).toBe(false);
    await server.cli('XTRIM', NEWS, 'MAXLEN', '300');
    expect(await bus.replay(uncounted(marked))).toBe(false);
    expect(await bus.replay(marked)).toBe(true);
    expect(await bus.replay(uncounted(await bus.mark()))).toBe(true);
  });

  test('is not replayed beyond 10 000 messages', async () => {
    const server = await serverFor();
    const { bus, heard } = await joined({ url: server.url, deadline: '10s' });
    const mark = await bus.mark();
    for (let n = 0; n < 20; n += 1) await Promise.all(Array.from({ length: 500 }, () => bus.publish(bytes('many'))));
    await soon(() => heard.messages.length === 10_000);
    expect(await bus.replay(mark)).toBe(true);
    await bus.publish(bytes('one too many'));
    expect(await bus.replay(mark)).toBe(false);
  });

  test('is one for many publishers at once, each in its order', async () => {
    const server = await serverFor();
    const peers = await Promise.all(Array.from({ length: 6 }, () => joined({ url: server.url, deadline: '5s' })));
    const [first] = peers;
    const mark = await first?.bus.mark();
    const texts = peers.map((_, at) => Array.from({ length: 400 }, (_, n) => `${at}/${n}`));
    await Promise.all(peers.map(({ bus }, at) => Promise.all((texts[at] ?? []).map((text) => bus.publish(bytes(text))))));
    await calm(...peers);
    for (const { heard } of peers) {
      expect(heard.texts).toEqual(first?.heard.texts);
      for (const [at, own] of texts.entries()) expect(heard.texts.filter((text) => text.startsWith(`${at}/`))).toEqual(own);
    }
    expect(await first?.bus.replay(mark ?? { log: '', at: '' })).toBe(true);
  });

  test('does not grow by beats, of which few are kept', async () => {
    const server = await serverFor();
    const { bus, heard } = await joined({ url: server.url, deadline: '5s' });
    for (let n = 0; n < 3; n += 1) await Promise.all(Array.from({ length: 1_000 }, (_, at) => bus.beat(bytes(`${n}/${at}`))));
    await soon(() => heard.beats.some((beat) => Buffer.from(beat).toString() === '2/999'));
    expect(Number(await server.cli('XLEN', NEWS))).toBe(0);
    expect(Number(await server.cli('XLEN', BEATS))).toBeLessThan(1_200);
  });

  test('may hold what is none of ours, which nobody is told', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url });
    const mark = await peer.bus.mark();
    await server.cli('XADD', NEWS, '*', 'other', 'field', 'and', 'more');
    await peer.bus.publish(bytes('ours'));
    await calm(peer);
    expect(await peer.bus.replay(mark)).toBe(true);
    expect(peer.heard.texts).toEqual(['ours', 'ours']);
  });
});
