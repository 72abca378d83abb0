import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TcpProxy } from './tcp-proxy.ts';

/** A server that sends back whatever it is sent, and a proxy before it. */
async function echo(): Promise<TcpProxy> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const proxy = await TcpProxy.open({ targetPort: typeof address === 'object' && address ? address.port : 0 });
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });
  return proxy;
}

async function client(proxy: TcpProxy): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return socket;
}

/** Sends bytes and waits until as many have come back. */
async function roundTrip(socket: Socket, bytes: Buffer): Promise<{ readonly back: Buffer; readonly ms: number }> {
  const began = performance.now();
  socket.write(bytes);
  const parts: Buffer[] = [];
  for (let length = 0; length < bytes.length; ) {
    const [part] = (await once(socket, 'data')) as [Buffer];
    parts.push(part);
    length += part.length;
  }
  return { back: Buffer.concat(parts), ms: performance.now() - began };
}

/** Whether nothing comes from the socket for a while. */
async function isSilent(socket: Socket, ms: number): Promise<boolean> {
  const heard = once(socket, 'data', { signal: AbortSignal.timeout(ms) }).then(
    () => false,
    () => true,
  );
  return heard;
}

const TEXT = Buffer.from('what goes up must come down');

describe('TcpProxy', () => {
  test('hands on what it is given, whole and in order', async () => {
    const socket = await client(await echo());
    const large = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, at) => at % 251));
    expect((await roundTrip(socket, large)).back.equals(large)).toBe(true);
  });

  test('takes longer by its latency, each way', async () => {
    const proxy = await echo();
    const socket = await client(proxy);
    proxy.latency(30, 10);
    const { back, ms } = await roundTrip(socket, TEXT);
    expect(back).toEqual(TEXT);
    expect(ms).toBeGreaterThan(58);
  });

  test('as a black hole keeps connections, accepts new ones, and hands on nothing until it is healed', async () => {
    const proxy = await echo();
    const socket = await client(proxy);
    proxy.blackHole();
    const late = await client(proxy);
    socket.write(TEXT);
    expect(await isSilent(socket, 80)).toBe(true);
    expect(late.readyState).toBe('open');
    const heard = once(socket, 'data');
    await proxy.heal();
    expect((await heard)[0]).toEqual(TEXT);
    expect((await roundTrip(late, TEXT)).back).toEqual(TEXT);
  });

  test('cut in one direction, lets the other through', async () => {
    const proxy = await echo();
    const socket = await client(proxy);
    await roundTrip(socket, TEXT);
    proxy.cut('down');
    socket.write(TEXT);
    expect(await isSilent(socket, 80)).toBe(true);
    await proxy.heal();
    expect((await once(socket, 'data'))[0]).toEqual(TEXT);
  });

  test('resets connections, and takes new ones', async () => {
    const proxy = await echo();
    const socket = await client(proxy);
    await roundTrip(socket, TEXT);
    const broken = once(socket, 'error');
    proxy.reset();
    expect((await broken)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect((await roundTrip(await client(proxy), TEXT)).back).toEqual(TEXT);
  });

  test('refuses connections until it is healed, then listens on the same port', async () => {
    const proxy = await echo();
    const { port } = proxy;
    await proxy.refuse();
    const refused = connect(port, '127.0.0.1');
    expect((await once(refused, 'error'))[0]).toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.heal();
    expect(proxy.port).toBe(port);
    expect((await roundTrip(await client(proxy), TEXT)).back).toEqual(TEXT);
  });

  test('flips bits at the rate it is told, and no others', async () => {
    const proxy = await echo();
    const socket = await client(proxy);
    proxy.corrupt(0.01, 'up');
    const sent = Buffer.alloc(100_000);
    const { back } = await roundTrip(socket, sent);
    const flipped = back.filter((byte) => byte !== 0);
    expect(flipped.length).toBeGreaterThan(800);
    expect(flipped.length).toBeLessThan(1_200);
    for (const byte of flipped) expect(Math.log2(byte) % 1).toBe(0);
  });

  test('lets no more through in a second than it is told', async () => {
    const proxy = await echo();
    const socket = await client(proxy);
    proxy.throttle(100_000);
    expect((await roundTrip(socket, Buffer.alloc(20_000, 1))).ms).toBeGreaterThan(150);
  });

  test('hands on the end of a side that has said all', async () => {
    const socket = await client(await echo());
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.end(TEXT);
    await once(socket, 'end');
    expect(Buffer.concat(parts)).toEqual(TEXT);
  });
});
