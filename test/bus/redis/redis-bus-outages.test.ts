import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { freePort } from '../../servers/free-port.ts';
import type { RedisServer } from '../../servers/redis-server.ts';
import { bytes, calm, soon } from '../peer.ts';
import { joined, listening, NEWS, serverFor } from './joined.ts';

/** Every socket that this process opens until the test ends. */
function openedSockets(): Socket[] {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => {
    sockets.push((message as { socket: Socket }).socket);
  };
  subscribe('net.client.socket', note);
  onTestFinished(() => void unsubscribe('net.client.socket', note));
  return sockets;
}

/** The ids of the connections that read, and of those that take what is sent. */
async function clientsOf(server: RedisServer): Promise<{ readonly reading: string[]; readonly commands: string[] }> {
  const lines = (await server.cli('CLIENT', 'LIST')).split('\n').filter((line) => !line.includes('cmd=client|list'));
  const idOf = (line: string): string => /^id=(\d+)/.exec(line)?.[1] ?? '';
  const isReading = (line: string): boolean => /cmd=(xread|xinfo)/.test(line);
  return { reading: lines.filter(isReading).map(idOf), commands: lines.filter((line) => !isReading(line)).map(idOf) };
}

describe('a server that is not there', () => {
  test('is dialled until it comes', async () => {
    const server = await serverFor();
    await server.kill();
    const { bus, heard, warnings } = listening({ url: server.url });
    await soon(() => heard.losses.length > 0);
    await expect(bus.publish(bytes('early'))).rejects.toThrow(/not connected: .*ECONNREFUSED/);
    await server.restart();
    await soon(() => heard.isConnected);
    await bus.publish(bytes('now'));
    await soon(() => heard.texts.length > 0);
    expect([heard.texts, warnings]).toEqual([['now'], []]);
  });

  test('does not keep a bus from closing, and no timer stays', async () => {
    const clock = new FakeClock();
    const { bus, heard } = listening({ url: `redis://127.0.0.1:${await freePort()}`, clock });
    await soon(() => heard.losses.length > 0);
    await bus[Symbol.asyncDispose]();
    expect(clock.timerCount).toBe(0);
  });
});

describe('a server that is killed', () => {
  test('rejects what was under way, and what was said while it was away is not said later', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ url: server.url }), await joined({ url: server.url })];
    await server.kill();
    await expect(a.bus.publish(bytes('lost'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await soon(() => !a.heard.isConnected && !b.heard.isConnected);
    await expect(a.bus.publish(bytes('refused'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await server.restart();
    await soon(() => a.heard.isConnected && b.heard.isConnected);
    await a.bus.publish(bytes('after'));
    await calm(a, b);
    expect(b.heard.texts).toEqual(['after']);
    expect([...a.warnings, ...b.warnings]).toEqual([]);
  });

  test('comes back without its log, which vouches for nothing from before', async () => {
    const server = await serverFor();
    const { bus, heard } = await joined({ url: server.url });
    const mark = await bus.mark();
    await bus.publish(bytes('before'));
    await server.restart();
    await soon(() => heard.connections === 2);
    await bus.publish(bytes('after'));
    expect(await bus.replay(mark)).toBe(false);
  });

  test('comes back with its log, if it keeps one on disk, which vouches for what came before', async () => {
    const server = await serverFor({ config: ['appendonly yes', 'appendfsync always'] });
    const peer = await joined({ url: server.url });
    const { bus, heard } = peer;
    const mark = await bus.mark();
    await bus.publish(bytes('before'));
    await server.restart();
    await soon(() => heard.connections === 2);
    await bus.publish(bytes('after'));
    await calm(peer);
    heard.messages.length = 0;
    expect(await bus.replay(mark)).toBe(true);
    expect(heard.texts).toEqual(['before', 'after']);
  });
});

describe('a server that is stopped', () => {
  test('makes every call fail in time, is given up, and taken again when it goes on, with what it had taken', async () => {
    const server = await serverFor();
    const { bus, heard } = await joined({ url: server.url });
    server.stop();
    const began = performance.now();
    await expect(bus.publish(bytes('hung'))).rejects.toThrow('did not confirm it within 250 ms');
    await expect(bus.beat(bytes('hung'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await expect(bus.mark()).rejects.toMatchObject({ code: 'ERR_BUS' });
    expect(performance.now() - began).toBeLessThan(3_000);
    await soon(() => !heard.isConnected);
    expect(performance.now() - began).toBeLessThan(6_000);
    server.cont();
    await soon(() => heard.isConnected);
    await bus.publish(bytes('again'));
    await soon(() => heard.texts.includes('again'));
    // What was under way may have been taken all the same.
    expect(heard.texts.filter((text) => text !== 'hung')).toEqual(['again']);
  });

  test('makes the process hold 8 MB at most', async () => {
    const server = await serverFor();
    const { bus } = await joined({ url: server.url });
    server.stop();
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => bus.publish(new Uint8Array(1_000_000))));
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : ''));
    expect(reasons.filter((reason) => reason.includes('did not confirm it within'))).toHaveLength(8);
    expect(reasons.filter((reason) => /has not confirmed \d+ bytes/.test(reason))).toHaveLength(32);
    expect(bus.stats.unconfirmedBytes).toBeGreaterThan(8_000_000);
    server.cont();
    await soon(() => bus.stats.unconfirmedBytes === 0);
  });

  test('leaves no socket behind, whether it stops before we connect or after', async () => {
    const server = await serverFor();
    const sockets = openedSockets();
    const { bus: connected } = await joined({ url: server.url });
    server.stop();
    const { bus: connecting, heard } = listening({ url: server.url, connectWithin: '200ms' });
    await soon(() => heard.losses.length > 0);
    const began = performance.now();
    await Promise.all([connected[Symbol.asyncDispose](), connecting[Symbol.asyncDispose]()]);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(sockets.length).toBeGreaterThan(2);
    await soon(() => sockets.every(({ destroyed }) => destroyed));
    server.cont();
  });
});

describe('a connection that is cut while the server lives', () => {
  test('reads on behind what was told last: nothing is lost, and nothing told twice', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ url: server.url }), await joined({ url: server.url })];
    const sent: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      await calm(a, b);
      const { reading } = await clientsOf(server);
      expect(reading).toHaveLength(2);
      for (const id of reading) await server.cli('CLIENT', 'KILL', 'ID', id);
      await soon(() => a.heard.losses.length > time && b.heard.losses.length > time);
      // Those that are cut off refuse; somebody else goes on.
      for (let n = 0; n < 50; n += 1) {
        await server.cli('XADD', NEWS, '*', 'b', `${time}/${n}`);
        sent.push(`${time}/${n}`);
      }
      await soon(() => a.heard.isConnected && b.heard.isConnected);
    }
    await calm(a, b);
    expect(a.heard.texts).toEqual(sent);
    expect(b.heard.texts).toEqual(sent);
    expect(a.heard.connections).toBe(4);
  });

  test('fails what was sent over it, tells of the loss, and is made anew', async () => {
    const server = await serverFor();
    const peer = await joined({ url: server.url });
    await calm(peer);
    const { commands } = await clientsOf(server);
    expect(commands).toHaveLength(1);
    await server.cli('CLIENT', 'KILL', 'ID', commands[0] ?? '');
    await soon(() => peer.heard.losses.length === 1);
    await expect(peer.bus.publish(bytes('refused'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await soon(() => peer.heard.connections === 2);
    await peer.bus.publish(bytes('again'));
    await calm(peer);
    expect(peer.heard.texts).toEqual(['again']);
    expect(peer.bus.stats.reconnects).toBe(1);
  });
});

describe('closing', () => {
  test('ends all that a bus had', async () => {
    const server = await serverFor();
    const sockets = openedSockets();
    const clock = new FakeClock();
    const { bus } = await joined({ url: server.url, clock });
    await bus.publish(bytes('one'));
    await bus[Symbol.asyncDispose]();
    expect(clock.timerCount).toBe(0);
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
    expect(bus.stats.isConnected).toBe(false);
  });

  test('lets arrive what was sent', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ url: server.url }), await joined({ url: server.url })];
    const sent = a.bus.publish(bytes('last'));
    await a.bus[Symbol.asyncDispose]();
    await sent;
    await soon(() => b.heard.texts.includes('last'));
  });
});
