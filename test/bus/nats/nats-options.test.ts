import { describe, expect, test } from 'vitest';
import { nats } from '../../../src/bus/nats/nats-bus.ts';
import type { NatsOptions } from '../../../src/bus/nats/nats-options.ts';
import { parseServers } from '../../../src/bus/nats/servers.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';

describe('the options of nats', () => {
  test.each<[string, object, RegExp]>([
    ['a name that is misspelt', { server: 'x' }, /`nats` knows no "server"/],
    ['a channel with a dot', { channel: 'a.b' }, /`channel` is "a.b"; give 1 to 64 of/],
    ['a channel with a star', { channel: '*' }, /`channel`/],
    ['a channel that is too long', { channel: 'x'.repeat(65) }, /`channel`/],
    ['no channel', { channel: '' }, /`channel`/],
    ['a web socket', { servers: 'wss://host' }, /`servers` has "wss:\/\/…", which is no address/],
    ['a number for a name over TLS', { servers: 'tls://10.0.0.1' }, /`servers` has 10.0.0.1:4222; over TLS, give the name/],
    ['a number for a name, with a certificate', { servers: ['host', '[::1]:5'], tls: {} }, /`servers` has \[::1\]:5; over TLS/],
    ['no server', { servers: [] }, /`servers` is empty/],
    ['a server that is no text', { servers: [1] }, /`servers` has "…", which is no address/],
    ['two ways to prove who we are', { user: 'u', token: 't' }, /got `user` and `token`; give one way/],
    ['a password without a user', { password: 'p' }, /no `user`/],
    ['a public key for a seed', { nkey: 'UABC' }, /`nkey` is no seed/],
    ['a JetStream of another mind', { jetstream: 'on' }, /`jetstream` is one of/],
    ['a stream that keeps for ever', { stream: { maxAge: Number.POSITIVE_INFINITY } }, /`stream.maxAge` is Infinity ms/],
    ['a stream that keeps no time', { stream: { maxAge: 1 } }, /`stream.maxAge` is 1 ms; give 100 ms or more/],
    ['no messages', { stream: { maxMessages: 0 } }, /`stream.maxMessages` is 0; give a whole number from 1 up/],
    ['too many replicas', { stream: { replicas: 6 } }, /`stream.replicas` is 6; give a whole number from 1 to 5/],
    ['a storage that there is not', { stream: { storage: 'tape' } }, /`stream.storage` is one of/],
    ['a setting of the stream that is misspelt', { stream: { maxMsgs: 1 } }, /`stream` knows no "maxMsgs"/],
    ['a setting of TLS that there is not', { tls: { rejectUnauthorized: false } }, /`tls` knows no "rejectUnauthorized"/],
  ])('may not have %s', (_, options, message) => {
    expect(() => nats(options as NatsOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.stringMatching(message) }),
    );
  });

  test('never show a password', () => {
    for (const servers of ['ws://u:s3cret@host', 'nats://u:s3cret@', 'nats://u:s3cret@ho st', 'u:s3cret@:x', 'nats://u:s3cret%@host']) {
      expect(() => nats({ servers })).toThrow(expect.objectContaining({ message: expect.not.stringContaining('s3cret') }));
    }
  });

  test.each([
    'nats://tok/SECRET@host:4222',
    'nats://u:tok?SECRET@host',
    'nats://tok#SECRET@host',
    'nats:/SECRET',
    'nats:SECRET',
    'nats:///SECRET',
    'nats://host:SECRET',
    'nats://host:99999',
    'nats://host/SECRET',
    'host/SECRET',
    'http://SECRET',
  ])('take no %s for an address, and tell nothing of it', (servers) => {
    expect(() => nats({ servers })).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG', message: expect.not.stringMatching(/SECRET|tok[/?#]|99999/) }),
    );
  });

  test('take addresses in every form', () => {
    expect(parseServers('host').servers).toEqual(['host:4222']);
    expect(parseServers('TLS://a-b.c_d/')).toEqual({ servers: ['a-b.c_d:4222'], isTls: true });
    expect(parseServers('nats://a:1, tls://b')).toEqual({ servers: ['a:1', 'b:4222'], isTls: true });
    expect(parseServers(['nats://[::1]:5', 'nats://to%20ken@b'])).toEqual({
      servers: ['[::1]:5', 'b:4222'],
      isTls: false,
      token: 'to ken',
    });
    expect(parseServers('nats://u:p%40@a,nats://u:p%40@b')).toMatchObject({ servers: ['a:4222', 'b:4222'], user: 'u', password: 'p@' });
  });
});

test('a bus has one listener, and none once it is closed', async () => {
  const bus = nats({ servers: '127.0.0.1:1' });
  bus.listen(new RecordingListener());
  expect(() => bus.listen(new RecordingListener())).toThrow(expect.objectContaining({ code: 'ERR_BUS' }));
  await bus[Symbol.asyncDispose]();
  expect(() => bus.listen(new RecordingListener())).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }));
});
