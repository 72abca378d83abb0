import { describe, expect, test } from 'vitest';
import { redisBus } from '../../../src/bus/redis/redis-bus.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { calm } from '../peer.ts';
import { joined, serverFor } from './joined.ts';

describe('redisBus refuses', () => {
  test.each([
    ['a channel of no name', { channel: '' }],
    ['a channel that would end its hash tag', { channel: 'a}b' }],
    ['a channel of more than 64 letters', { channel: 'c'.repeat(65) }],
    ['a prefix that takes its streams apart', { prefix: '{}' }],
    ['to keep messages for no time', { keepFor: 0 }],
    ['to keep messages for ever', { keepFor: Number.POSITIVE_INFINITY }],
    ['a log without messages', { maxMessages: 0 }],
    ['half a message', { maxMessages: 1.5 }],
    ['two kinds of Redis at once', { url: 'redis://one', cluster: { nodes: ['two:1'] } }],
  ])('%s', (_, options) => {
    expect(() => redisBus(options)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });

  test('a second listener', async () => {
    await using server = await RedisServer.start();
    await using bus = redisBus({ url: server.url });
    bus.listen(new RecordingListener());
    expect(() => bus.listen(new RecordingListener())).toThrow(/its listener already/);
  });
});

describe('redisBus keeps apart', () => {
  test('channels, and prefixes', async () => {
    const server = await serverFor();
    const options = [{}, { channel: 'other' }, { prefix: 'other:' }, { prefix: '{tag}:' }];
    const peers = await Promise.all(options.map((option) => joined({ url: server.url, ...option })));
    await Promise.all(peers.map(({ bus }, at) => bus.publish(Buffer.from(`${at}`))));
    await calm(...peers);
    expect(peers.map(({ heard }) => heard.texts)).toEqual([['0'], ['1'], ['2'], ['3']]);
  });
});

test('redisBus speaks TLS, with a user and a password in its address', async () => {
  const server = await serverFor({ tls: true, users: ['user default off', 'user app on >pass%word ~* &* +@all'] });
  const { certificates, port } = server;
  const url = `rediss://app:pass%25word@localhost:${port}`;
  const peer = await joined({ url, tls: { ca: certificates?.ca ?? '' } });
  await peer.bus.publish(Buffer.from('secret'));
  await calm(peer);
  expect(peer.heard.texts).toEqual(['secret']);
});
