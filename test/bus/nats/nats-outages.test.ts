import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { freePort } from '../../servers/free-port.ts';
import { NatsServer } from '../../servers/nats-server.ts';
import { bytes, soon } from '../peer.ts';
import { joined, listening, serverFor } from './joined.ts';
import { NotingClock } from './noting-clock.ts';

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

describe('a server that is not there', () => {
  test('is dialled until it comes', async () => {
    const port = await freePort();
    const { bus, heard, warnings } = listening({ servers: `127.0.0.1:${port}` });
    await soon(() => heard.losses.length > 0);
    await expect(bus.publish(bytes('early'))).rejects.toThrow('not connected: connection refused');
    const server = await NatsServer.start({ port });
    onTestFinished(() => server[Symbol.asyncDispose]());
    await soon(() => heard.isConnected);
    await bus.publish(bytes('now'));
    await soon(() => heard.texts.length > 0);
    expect([heard.texts, heard.losses, warnings]).toEqual([['now'], ['connection refused'], []]);
  });

  test('is dialled less and less often, up to every two seconds, and never at the same instant by all', async () => {
    const dialled = async (chance: number): Promise<readonly number[]> => {
      const clock = new NotingClock();
      listening({ servers: `127.0.0.1:${await freePort()}`, clock, random: () => chance });
      return clock.firstDelays(8);
    };
    expect(await dialled(0)).toEqual([25, 50, 100, 200, 400, 800, 1_000, 1_000]);
    expect(await dialled(0.999)).toEqual([50, 100, 200, 400, 800, 1_599, 1_999, 1_999]);
  });

  test('does not keep a bus from closing, and no timer stays', async () => {
    const clock = new FakeClock();
    const { bus, heard } = listening({ servers: `127.0.0.1:${await freePort()}`, clock });
    await soon(() => heard.losses.length > 0);
    await bus[Symbol.asyncDispose]();
    expect(clock.timerCount).toBe(0);
  });

  test('is passed over for one that is', async () => {
    const server = await serverFor();
    const { heard } = await joined({ servers: [`127.0.0.1:${await freePort()}`, server.url] });
    expect(heard.losses).toEqual([]);
  });
});

describe('a server that is killed', () => {
  test('rejects what was under way, and what was said while it was away is not said later', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ servers: server.url }), await joined({ servers: server.url })];
    await server.kill();
    const early = a.bus.publish(bytes('lost'));
    await expect(early).rejects.toMatchObject({ code: 'ERR_BUS' });
    await soon(() => !a.heard.isConnected && !b.heard.isConnected);
    await expect(a.bus.publish(bytes('refused'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await server.restart();
    await soon(() => a.heard.isConnected && b.heard.isConnected);
    await a.bus.publish(bytes('after'));
    await b.bus.beat(bytes('beat'));
    await soon(() => b.heard.beats.length > 0);
    expect(b.heard.texts).toEqual(['after']);
    expect(a.heard.losses[0]).toBe('the server hung up');
    expect([...a.warnings, ...b.warnings]).toEqual([]);
  });

  test('comes back with its log, which vouches for what came before', async () => {
    const server = await serverFor();
    const { bus, heard } = await joined({ servers: server.url });
    const mark = await bus.mark();
    await bus.publish(bytes('before'));
    await server.restart();
    await soon(() => heard.connections === 2);
    await bus.publish(bytes('after'));
    heard.messages.length = 0;
    expect(await bus.replay(mark ?? { log: '', at: '' })).toBe(true);
    expect(heard.texts).toEqual(['before', 'after']);
  });
});

describe('a server that is stopped', () => {
  test('makes publishes fail in time, is given up, and taken again when it goes on', async () => {
    const server = await serverFor();
    const { bus, heard } = await joined({ servers: server.url });
    server.stop();
    const began = performance.now();
    await expect(bus.publish(bytes('hung'))).rejects.toThrow('did not confirm it within 250 ms');
    expect(performance.now() - began).toBeLessThan(1_000);
    await expect(bus.beat(bytes('hung'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    await expect(bus.mark()).rejects.toMatchObject({ code: 'ERR_BUS' });
    await soon(() => !heard.isConnected);
    expect(heard.losses).toEqual(['the server does not answer any more']);
    server.cont();
    await soon(() => heard.isConnected);
    await bus.publish(bytes('again'));
    await soon(() => heard.texts.includes('again'));
  });

  test('makes the process hold 8 MB at most', async () => {
    const server = await serverFor();
    const { bus } = await joined({ servers: server.url });
    server.stop();
    const message = new Uint8Array(1_000_000);
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => bus.publish(message)));
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : ''));
    expect(reasons.filter((reason) => reason.includes('did not confirm it within'))).toHaveLength(8);
    expect(reasons.filter((reason) => /has not confirmed \d+ bytes/.test(reason))).toHaveLength(32);
    server.cont();
  });

  test('leaves no socket behind, whether it stops before we connect or after', async () => {
    const server = await serverFor();
    const sockets = openedSockets();
    const { bus: connected } = await joined({ servers: server.url });
    server.stop();
    const { bus: connecting, heard } = listening({ servers: server.url });
    await soon(() => heard.losses.length > 0);
    expect(heard.losses).toEqual(['no server answered']);
    const began = performance.now();
    await Promise.all([connected[Symbol.asyncDispose](), connecting[Symbol.asyncDispose]()]);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(sockets.length).toBeGreaterThan(1);
    await soon(() => sockets.every(({ destroyed }) => destroyed));
    server.cont();
  });

  test('can be left while we connect', async () => {
    const server = await serverFor();
    const sockets = openedSockets();
    server.stop();
    const { bus } = listening({ servers: server.url });
    await soon(() => sockets.length > 0);
    await bus[Symbol.asyncDispose]();
    await soon(() => sockets.every(({ destroyed }) => destroyed));
    server.cont();
  });
});

describe('closing', () => {
  test('waits half a second for a server that is stopped, and leaves nothing', async () => {
    const server = await serverFor();
    const sockets = openedSockets();
    const clock = new FakeClock();
    const { bus } = await joined({ servers: server.url, clock, deadline: '1m' });
    server.stop();
    const calls = Promise.allSettled([bus.publish(bytes('one')), bus.mark(), bus.replay({ log: 'some', at: '0 now' })]);
    const closing = bus[Symbol.asyncDispose]();
    await clock.advance(500);
    await closing;
    for (const outcome of await calls) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_BUS' } });
    expect(clock.timerCount).toBe(0);
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
    server.cont();
  });

  test('lets arrive what was sent', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ servers: server.url }), await joined({ servers: server.url })];
    const sent = a.bus.publish(bytes('last'));
    await a.bus[Symbol.asyncDispose]();
    await sent;
    await soon(() => b.heard.texts.includes('last'));
  });

  test('ends all that a bus had', async () => {
    const server = await serverFor();
    const sockets = openedSockets();
    const clock = new FakeClock();
    const { bus } = await joined({ servers: server.url, clock });
    await bus.publish(bytes('one'));
    await bus[Symbol.asyncDispose]();
    expect(clock.timerCount).toBe(0);
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });
});
