import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nanos } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import type { BusMark } from '../../../src/bus/bus.ts';
import { nextTurn } from '../../../src/time/event-turn.ts';
import { bytes, soon } from '../peer.ts';
import { joined, listening, type Peer, serverFor } from './joined.ts';
import { NotingClock } from './noting-clock.ts';
import { streamsOf } from './streams.ts';

const STREAM = 'TIERCEL_tiercel';

async function marked({ bus }: Peer): Promise<BusMark> {
  const mark = await bus.mark();
  if (!mark) throw new Error('There is no log');
  return mark;
}

async function publish({ bus }: Peer, ...texts: string[]): Promise<void> {
  for (const text of texts) await bus.publish(bytes(text));
}

describe('JetStream', () => {
  test('is done without where there is none, with a warning', async () => {
    const server = await serverFor({ jetstream: false });
    const peer = await joined({ servers: server.url });
    expect(await peer.bus.mark()).toBeUndefined();
    expect(await peer.bus.replay({ log: 'some', at: '0' })).toBe(false);
    expect(peer.warnings).toEqual([
      { kind: 'no-log', message: 'JetStream keeps no messages, so what is missed cannot be told again: jetstream is not enabled' },
    ]);
  });

  test('is not asked for when it is off', async () => {
    const server = await serverFor();
    const peer = await joined({ servers: server.url, jetstream: 'off' });
    expect([await peer.bus.mark(), peer.warnings]).toEqual([undefined, []]);
    expect(await streamsOf(server, (streams) => streams.names().next())).toEqual([]);
  });

  test('is taken up when the server comes back with it, and done without when it comes back without', async () => {
    const server = await serverFor({ jetstream: false });
    const peer = await joined({ servers: server.url });
    await server.restart({ jetstream: true });
    await soon(() => peer.heard.connections === 2);
    const mark = await marked(peer);
    await publish(peer, 'kept');
    expect(await peer.bus.replay(mark)).toBe(true);
    await server.restart({ jetstream: false });
    await soon(() => peer.heard.connections === 3);
    expect(await peer.bus.mark()).toBeUndefined();
    await publish(peer, 'not kept');
    await server.restart({ jetstream: true });
    await soon(() => peer.heard.connections === 4);
    expect((await marked(peer)).log).toBe(mark.log);
  });

  test('is looked for again every so often, less and less', async () => {
    const server = await serverFor({ jetstream: false });
    const clock = new NotingClock();
    const peer = await joined({ servers: server.url, clock, random: () => 0 });
    const [subscribing, ...looking] = await clock.firstDelays(8);
    expect([subscribing, looking]).toEqual([2_000, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]]);
    expect(await peer.bus.mark()).toBeUndefined();
  });

  test('is taken up when its stream was mended, without connecting again', async () => {
    const server = await serverFor();
    await streamsOf(server, (streams) => streams.add({ name: STREAM, subjects: ['mine'], allow_direct: true }));
    const clock = new NotingClock();
    const peer = await joined({ servers: server.url, clock });
    expect(await peer.bus.mark()).toBeUndefined();
    await streamsOf(server, (streams) => streams.update(STREAM, { subjects: ['tiercel.tiercel.news'] }));
    await clock.advance(1_000);
    const mark = await marked(peer);
    await publish(peer, 'kept');
    expect(await peer.bus.replay(mark)).toBe(true);
    expect(peer.heard.connections).toBe(1);
  });

  test('is required when it is said so: without it there is no connection', async () => {
    const server = await serverFor({ jetstream: false });
    const peer = listening({ servers: server.url, jetstream: 'required' });
    await soon(() => peer.heard.losses.length > 0);
    expect(peer.heard.losses[0]).toBe('JetStream is required, and there is none: jetstream is not enabled');
    await soon(() => peer.warnings.some(({ kind }) => kind === 'refused'));
    await server.restart({ jetstream: true });
    await soon(() => peer.heard.isConnected);
    await publish(peer, 'kept');
    await expect(marked(peer)).resolves.toBeDefined();
  });

  test('is done without when it does not let us, and messages go through all the same', async () => {
    const permissions = '{ publish: ["tiercel.tiercel.*"], subscribe: ["tiercel.tiercel.*", "_INBOX.>"] }';
    const server = await serverFor({ config: [`authorization { users: [{ user: u, password: p, permissions: ${permissions} }] }`] });
    const peer = await joined({ servers: server.url, user: 'u', password: 'p' });
    expect(await peer.bus.mark()).toBeUndefined();
    expect(peer.warnings.map(({ kind }) => kind)).toEqual(['no-log']);
    expect(peer.warnings[0]?.message).toContain('Permissions Violation for Publish to "$JS.API.STREAM.INFO.TIERCEL_tiercel"');
    await publish(peer, 'through');
    await soon(() => peer.heard.texts.length > 0);
  });

  test('is done without when answers cannot reach us', async () => {
    const permissions = '{ publish: [">"], subscribe: ["tiercel.tiercel.*"] }';
    const server = await serverFor({ config: [`authorization { users: [{ user: u, password: p, permissions: ${permissions} }] }`] });
    const peer = await joined({ servers: server.url, user: 'u', password: 'p' });
    expect(await peer.bus.mark()).toBeUndefined();
    expect(peer.warnings[0]?.message).toContain('Permissions Violation for Subscription');
    await publish(peer, 'through');
    await soon(() => peer.heard.texts.length > 0);
  });
});

describe('the stream', () => {
  test('is made as the options have it', async () => {
    const server = await serverFor();
    await joined({
      servers: server.url,
      stream: { maxAge: '10m', maxMessages: 5_000, maxBytes: '8mb', storage: 'memory' },
    });
    const { config } = await streamsOf(server, (streams) => streams.info(STREAM));
    expect(config).toMatchObject({
      subjects: ['tiercel.tiercel.news'],
      retention: 'limits',
      discard: 'old',
      storage: 'memory',
      max_age: nanos(600_000),
      max_msgs: 5_000,
      max_bytes: 8 * 1_024 ** 2,
      num_replicas: 1,
      allow_direct: true,
    });
  });

  test('is used as it is when it is there already, with a warning of what differs', async () => {
    const server = await serverFor();
    await streamsOf(server, (streams) =>
      streams.add({ name: STREAM, subjects: ['tiercel.tiercel.news', 'mine'], max_age: nanos(60_000), allow_direct: false }),
    );
    const peer = await joined({ servers: server.url });
    expect(peer.warnings).toEqual([
      { kind: 'stream-differs', message: `The stream "${STREAM}" is used as it is: max_age is 60000000000 and not 3600000000000` },
    ]);
    const mark = await marked(peer);
    await publish(peer, 'a', 'b');
    peer.heard.messages.length = 0;
    expect([await peer.bus.replay(mark), peer.heard.texts]).toEqual([true, ['a', 'b']]);
  });

  test('is not used when it does not take what we publish, or not always', async () => {
    const server = await serverFor();
    await streamsOf(server, (streams) => streams.add({ name: STREAM, subjects: ['mine'], discard: 'new', max_msgs: 1 }));
    const peer = await joined({ servers: server.url });
    expect(await peer.bus.mark()).toBeUndefined();
    expect(peer.warnings[0]?.message).toContain('does not have the subject "tiercel.tiercel.news" and refuses messages when it is full');
    await publish(peer, 'through');
  });

  test('is made anew when it was deleted, and does not vouch for what was before', async () => {
    const server = await serverFor();
    const peer = await joined({ servers: server.url });
    await publish(peer, 'old');
    const mark = await marked(peer);
    await streamsOf(server, (streams) => streams.delete(STREAM));
    await expect(peer.bus.publish(bytes('unlogged'))).rejects.toThrow('its log did not confirm it within 250 ms');
    await soon(() => peer.heard.texts.includes('unlogged'));
    expect((await marked(peer)).log).not.toBe(mark.log);
    expect(await peer.bus.replay(mark)).toBe(false);
    await publish(peer, 'new');
    expect(await peer.bus.replay(mark)).toBe(false);
  });

  test('does not vouch for what it had no room for', async () => {
    const server = await serverFor();
    const peer = await joined({ servers: server.url, stream: { maxMessages: 3 } });
    const marks: BusMark[] = [];
    for (const text of ['0', '1', '2', '3', '4']) {
      marks.push(await marked(peer));
      await publish(peer, text);
    }
    const answers: boolean[] = [];
    for (const mark of marks) answers.push(await peer.bus.replay(mark));
    expect(answers).toEqual([false, false, true, true, true]);
  });

  test('does not vouch across a message that was taken out of it', async () => {
    const server = await serverFor();
    const peer = await joined({ servers: server.url });
    const mark = await marked(peer);
    await publish(peer, '1', '2', '3');
    await streamsOf(server, (streams) => streams.deleteMessage(STREAM, 2));
    expect(await peer.bus.replay(mark)).toBe(false);
  });

  test('does not vouch when its end was lost with its server, and others came in its place', async () => {
    const server = await serverFor();
    const peer = await joined({ servers: server.url });
    const [store, copy] = [join(server.folder, 'jetstream'), join(server.folder, 'copy')];
    await publish(peer, '1', '2');
    await server.kill();
    cpSync(store, copy, { recursive: true });
    await server.restart();
    await soon(() => peer.heard.connections === 2);
    await publish(peer, 'lost', 'lost, too');
    const mark = await marked(peer);
    await server.kill();
    rmSync(store, { recursive: true });
    cpSync(copy, store, { recursive: true });
    await server.restart();
    await soon(() => peer.heard.connections === 3);
    expect((await marked(peer)).log).toBe(mark.log);
    expect(await peer.bus.replay(mark)).toBe(false);
    await publish(peer, 'other', 'other, too', 'more');
    expect(await peer.bus.replay(mark)).toBe(false);
  });

  test('does not vouch across what it did not take while it was silent', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ servers: server.url }), await joined({ servers: server.url })];
    const mark = await marked(b);
    await publish(a, 'kept');
    await streamsOf(server, (streams) => streams.update(STREAM, { subjects: ['mine'] }));
    await expect(a.bus.publish(bytes('missing, and known to be'))).rejects.toMatchObject({ code: 'ERR_BUS' });
    while ((await a.bus.mark()) !== undefined) await nextTurn();
    await publish(a, 'missing');
    await streamsOf(server, (streams) => streams.update(STREAM, { subjects: ['tiercel.tiercel.news'] }));
    while ((await a.bus.mark()) === undefined) await nextTurn();
    expect((await marked(b)).log).toBe(mark.log);
    expect(await b.bus.replay(mark)).toBe(false);
    const later = await marked(b);
    await publish(a, 'kept again');
    expect(await b.bus.replay(later)).toBe(true);
    expect(b.heard.texts).toEqual(['kept', 'missing, and known to be', 'missing', 'kept', 'kept again', 'kept again']);
  });

  test('is not read again when that would be more than 10 000 messages', async () => {
    const server = await serverFor();
    const peer = await joined({ servers: server.url, deadline: '5s' });
    const mark = await marked(peer);
    const burst = (count: number): Promise<unknown> => Promise.all(Array.from({ length: count }, () => peer.bus.publish(bytes('m'))));
    await burst(10_000);
    expect(await peer.bus.replay(mark)).toBe(true);
    await burst(1);
    expect(await peer.bus.replay(mark)).toBe(false);
  });
});
