import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import type { NatsOptions } from '../../../src/bus/nats/nats-options.ts';
import type { NatsServer } from '../../servers/nats-server.ts';
import { bytes, soon } from '../peer.ts';
import { joined, listening, serverFor } from './joined.ts';
import { makeUserCredentials } from './user-credentials.ts';

/** What no error and no warning may show. */
const SECRET = 's3cret';

async function reaches(server: NatsServer, options: NatsOptions): Promise<void> {
  const { bus, heard, warnings } = await joined({ servers: server.url, ...options });
  await bus.publish(bytes('through'));
  await soon(() => heard.texts.length > 0);
  expect(await bus.mark()).toBeDefined();
  expect(warnings).toEqual([]);
}

/** What is told to the operator, and to the listener. */
async function refused(options: NatsOptions): Promise<string> {
  const { bus, heard, warnings } = listening(options);
  await soon(() => warnings.length > 0);
  await expect(bus.publish(bytes('refused'))).rejects.toMatchObject({ code: 'ERR_BUS' });
  expect(heard.connections).toBe(0);
  expect(warnings).toEqual([{ kind: 'refused', message: `No connection to NATS: ${heard.losses.at(-1)}` }]);
  expect(JSON.stringify([warnings, heard.losses])).not.toContain(SECRET);
  return heard.losses.at(-1) ?? '';
}

describe('a server lets us in', () => {
  test('by user and password, of the options or of the address', async () => {
    const server = await serverFor({ config: [`authorization { user: "us@r", password: "${SECRET}/?" }`] });
    await reaches(server, { user: 'us@r', password: `${SECRET}/?` });
    await reaches(server, { servers: server.url.replace('://', `://us%40r:${SECRET}%2F%3F@`) });
    expect(await refused({ servers: server.url.replace('://', `://us%40r:${SECRET}@`) })).toBe('Authorization Violation');
    expect(await refused({ servers: server.url })).toBe('Authorization Violation');
  });

  test('by a token, of the options or of the address', async () => {
    const server = await serverFor({ config: [`authorization { token: "${SECRET}" }`] });
    await reaches(server, { token: SECRET });
    await reaches(server, { servers: server.url.replace('://', `://${SECRET}@`) });
    expect(await refused({ servers: server.url, token: `${SECRET}, but another` })).toBe('Authorization Violation');
  });

  test('by an nkey', async () => {
    const [user, stranger] = [nkeys.createUser(), nkeys.createUser()];
    const server = await serverFor({ config: [`authorization { users: [{ nkey: ${user.getPublicKey()} }] }`] });
    const seedOf = (pair: typeof user): string => new TextDecoder().decode(pair.getSeed());
    await reaches(server, { nkey: seedOf(user) });
    expect(await refused({ servers: server.url, nkey: seedOf(stranger) })).toBe('Authorization Violation');
  });

  test('by credentials, as content or as a file, which is read again at each connecting', async () => {
    const { config, creds } = makeUserCredentials();
    const server = await serverFor({ config });
    await reaches(server, { creds });
    const file = join(server.folder, 'user.creds');
    writeFileSync(file, makeUserCredentials().creds);
    const { heard, warnings } = listening({ servers: server.url, creds: file });
    await soon(() => heard.losses.includes('Authorization Violation'));
    writeFileSync(file, `${SECRET}, and no credentials`);
    await soon(() => heard.losses.some((reason) => reason.includes('`creds` holds no credentials')));
    writeFileSync(file, creds);
    await soon(() => heard.isConnected);
    expect(JSON.stringify([warnings, heard.losses])).not.toContain(SECRET);
    expect(await refused({ servers: server.url, creds: join(server.folder, 'none.creds') })).toContain('`creds` cannot be read');
  });

  test('again, as soon as it may: a password that is changed back', async () => {
    const config = (password: string) => ({ config: [`authorization { user: u, password: "${password}" }`] });
    const server = await serverFor(config(SECRET));
    const { heard, warnings } = await joined({ servers: server.url, user: 'u', password: SECRET });
    await server.restart(config('another'));
    await soon(() => heard.losses.includes('Authorization Violation'));
    await server.restart(config(SECRET));
    await soon(() => heard.isConnected);
    expect(warnings).toEqual([{ kind: 'refused', message: 'No connection to NATS: Authorization Violation' }]);
  });
});

describe('over TLS', () => {
  test('a server is believed with its authority, and refused without', async () => {
    const server = await serverFor({ tls: true });
    const { ca = '', caFile = '' } = server.certificates ?? {};
    await reaches(server, { tls: { ca } });
    await reaches(server, { tls: { ca: caFile } });
    for (const url of [server.url, server.url.replace('tls:', 'nats:')]) expect(await refused({ servers: url })).toMatch(/certificate/);
    expect(await refused({ servers: server.url, tls: { ca: join(server.folder, 'none.crt') } })).toContain('`tls.ca` cannot be read');
  });

  test('a server that asks for it is shown who we are', async () => {
    const server = await serverFor({ tls: 'mutual' });
    const { ca = '', certFile = '', keyFile = '' } = server.certificates ?? {};
    await reaches(server, { tls: { ca, cert: certFile, key: keyFile } });
    const { heard } = listening({ servers: server.url, tls: { ca } });
    await soon(() => heard.losses.length > 0);
    expect(heard.connections).toBe(0);
  });

  test('nothing is said to a server that knows no TLS, where TLS was asked for', async () => {
    const server = await serverFor();
    expect(await refused({ servers: `tls://localhost:${server.port}` })).toBe("server does not support 'tls'");
    expect(await refused({ servers: `localhost:${server.port}`, tls: {} })).toBe("server does not support 'tls'");
  });
});

describe('a user', () => {
  const userWith = (permissions: string, channel = 'tiercel'): string =>
    `authorization { users: [{ user: u, password: p, permissions: ${permissions.replaceAll('CHANNEL', channel)} }] }`;
  const login = { user: 'u', password: 'p' };

  /** As docs/nats.md has it. */
  const documented = `{
    publish: [
      "tiercel.CHANNEL.news", "tiercel.CHANNEL.beat",
      "$JS.API.STREAM.INFO.TIERCEL_CHANNEL", "$JS.API.STREAM.CREATE.TIERCEL_CHANNEL",
      "$JS.API.DIRECT.GET.TIERCEL_CHANNEL", "$JS.API.STREAM.MSG.GET.TIERCEL_CHANNEL"
    ],
    subscribe: ["tiercel.CHANNEL.news", "tiercel.CHANNEL.beat", "_INBOX.>"]
  }`;

  test('needs no more than what the documentation lists', async () => {
    const server = await serverFor({ config: [userWith(documented, 'prices')] });
    const { bus, heard, warnings } = await joined({ servers: server.url, channel: 'prices', ...login });
    const mark = await bus.mark();
    await bus.publish(bytes('message'));
    await bus.beat(bytes('beat'));
    await soon(() => heard.beats.length > 0);
    expect(await bus.replay(mark ?? { log: '', at: '' })).toBe(true);
    expect([heard.texts, warnings]).toEqual([['message', 'message'], []]);
    const stranger = listening({ servers: server.url, channel: 'others', ...login });
    await soon(() => stranger.heard.losses.length > 0);
    expect(stranger.heard.losses[0]).toContain('Permissions Violation for Subscription to "tiercel.others.');
    expect(stranger.warnings.map(({ kind }) => kind)).toEqual(['refused']);
  });

  test('who may only listen hears, and each publish fails and says why', async () => {
    const readOnly = '{ publish: ["$JS.API.>"], subscribe: [">"] }';
    const writer = '{ user: w, password: p }';
    const server = await serverFor({
      config: [`authorization { users: [{ user: u, password: p, permissions: ${readOnly} }, ${writer}] }`],
    });
    for (const jetstream of ['auto', 'off'] as const) {
      const reader = await joined({ servers: server.url, jetstream, ...login });
      const other = await joined({ servers: server.url, jetstream, user: 'w', password: 'p' });
      await other.bus.publish(bytes('hear me'));
      await soon(() => reader.heard.texts.includes('hear me'));
      for (let time = 0; time < 2; time += 1) {
        await expect(reader.bus.publish(bytes('denied'))).rejects.toThrow('the user may not publish to "tiercel.tiercel.news"');
        await expect(reader.bus.beat(bytes('denied'))).rejects.toThrow('the user may not publish to "tiercel.tiercel.beat"');
      }
      expect(reader.warnings.map(({ kind }) => kind)).toEqual(['denied', 'denied']);
      expect([reader.heard.isConnected, reader.heard.losses]).toEqual([true, []]);
    }
  });
});

describe('a message', () => {
  test('may be as long as the server takes it, and no longer', async () => {
    const server = await serverFor({ config: ['max_payload: 8192'] });
    const { bus, heard } = await joined({ servers: server.url });
    expect(bus.maxMessageBytes).toBe(8_192 - 1_024);
    await bus.publish(new Uint8Array(bus.maxMessageBytes));
    await expect(bus.publish(new Uint8Array(8_192))).rejects.toThrow('8192 bytes are too many for one message');
    await bus.publish(bytes('still here'));
    await soon(() => heard.texts.includes('still here'));
    expect(heard.losses).toEqual([]);
  });

  test('may have a megabyte where the server takes more', async () => {
    const server = await serverFor({ config: ['max_payload: 4194304'] });
    const { bus } = await joined({ servers: server.url });
    expect(bus.maxMessageBytes).toBe(1_024 ** 2 - 1_024);
  });

  test('stays within its channel', async () => {
    const server = await serverFor();
    const [a, b] = [await joined({ servers: server.url, channel: 'a' }), await joined({ servers: server.url, channel: 'b' })];
    await a.bus.publish(bytes('for a'));
    await b.bus.publish(bytes('for b'));
    await soon(() => a.heard.texts.length > 0 && b.heard.texts.length > 0);
    expect([a.heard.texts, b.heard.texts]).toEqual([['for a'], ['for b']]);
  });
});
