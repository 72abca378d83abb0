import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { assertGuarded, isLoopback } from '../../src/service/security.ts';
import { ask, json, type RunningService, startService } from './running-service.ts';

describe('a service on this machine', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService({ server: { allowedHosts: ['tiercel.internal'] } });
  });
  afterAll(() => running.service.drain());

  test.each(['localhost', 'localhost:8083', '127.0.0.1', '[::1]:8083', 'LOCALHOST', 'tiercel.internal', 'tiercel.internal:80'])(
    'may be asked for as %s',
    async (host) => {
      expect((await running.ask('/v1/stats', { headers: { host } })).status).toBe(200);
    },
  );

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:8083', 'tiercel.internal.evil.example', '10.0.0.1'])(
    'may not be asked for as "%s"',
    async (host) => {
      const answer = await running.ask('/v1/stats', { headers: { host } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'ERR_HOST', detail: expect.stringContaining('server.allowedHosts') } });
    },
  );

  test('answers probes under any name, for they come from wherever they come', async () => {
    for (const path of ['/livez', '/readyz', '/startupz'])
      expect((await running.ask(path, { headers: { host: '10.1.2.3:8083' } })).status).toBe(200);
  });

  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'http://localhost:1' }],
  ])('refuses writes from pages of other sites: %j', async (headers: Record<string, string>) => {
    const put = json('PUT', { value: 1 });
    const answer = await running.ask('/v1/entries/signal/x', { ...put, headers: { ...put.headers, ...headers } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ERR_CROSS_SITE' } });
    expect((await running.ask('/v1/invalidate', { method: 'POST', headers })).status).toBe(403);
    expect((await running.ask('/v1/entries/signal/x', { method: 'DELETE', headers })).status).toBe(403);
  });

  test('takes writes from programs, and from its own page', async () => {
    const put = json('PUT', { value: 1 });
    expect((await running.ask('/v1/entries/signal/x', put)).status).toBe(200);
    const headers = { ...put.headers, origin: running.url, 'sec-fetch-site': 'same-origin' };
    expect((await running.ask('/v1/entries/signal/x', { ...put, headers })).status).toBe(200);
  });

  test('takes no form that a page of another site could send without being asked first', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await running.ask('/v1/invalidate', { method: 'POST', headers: { 'content-type': type }, body: '{"pattern":"*"}' });
      expect(answer).toMatchObject({ status: 415, body: { code: 'ERR_MEDIA_TYPE' } });
    }
  });

  test.each(['/', '/v1/stats', '/v1/nothing', '/livez'])('sends headers that keep browsers in bounds with %s', async (path) => {
    const { headers } = await running.ask(path);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('has a page without scripts or styles in the markup, and without anything from elsewhere', async () => {
    const { body } = await running.ask('/');
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|style="|\bon\w+=/);
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  test('hangs up on what is not HTTP', async () => {
    expect(await say(running.url, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"ERR_REQUEST"/s);
    expect(await say(running.url, `GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });
});

describe('a service with a token', () => {
  const token = 'a-token-of-24-characters';
  let running: RunningService;

  beforeAll(async () => {
    running = await startService({ server: { token } });
  });
  afterAll(() => running.service.drain());

  test.each(['/v1/stats', '/v1/quotes?symbols=AAPL', '/v1/keys', '/v1/live', '/metrics', '/v1/entries/signal/x', '/nothing'])(
    'refuses %s without it',
    async (path) => {
      const answer = await running.ask(path);
      expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHORIZED', detail: expect.stringContaining('TIERCEL_TOKEN') } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tiercel"');
    },
  );

  test.each(['Bearer wrong', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, token, 'Bearer', ''])(
    'refuses "%s"',
    async (authorization) => {
      expect((await running.ask('/v1/stats', { headers: { authorization } })).status).toBe(401);
    },
  );

  test('answers whoever bears it', async () => {
    expect((await running.ask('/v1/stats', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await running.ask('/metrics', { headers: { authorization: `bearer ${token}` } })).status).toBe(200);
  });

  test('answers probes, its page and the description of its API without it', async () => {
    for (const path of [
      '/livez',
      '/readyz',
      '/startupz',
      '/',
      '/page.css',
      '/page.js',
      '/figures.js',
      '/elements.js',
      '/memory.js',
      '/openapi.json',
    ])
      expect((await running.ask(path)).status).toBe(200);
    expect((await running.ask('/openapi.json')).body.security).toEqual([{ bearer: [] }]);
  });

  test('does not take it in the URL, where logs would keep it', async () => {
    expect((await running.ask(`/v1/stats?token=${token}`)).status).toBe(401);
  });
});

describe('listening to the network', () => {
  test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1', '[::1]'])('%s is this machine alone', (host) => {
    expect(isLoopback(host)).toBe(true);
    expect(() => assertGuarded({ host, allowedHosts: [] })).not.toThrow();
  });

  test.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', '127.0.0.1.example.com', ''])('%s needs a token', (host) => {
    expect(isLoopback(host)).toBe(false);
    expect(() => assertGuarded({ host, allowedHosts: [] })).toThrow(ConfigError);
    expect(() => assertGuarded({ host, allowedHosts: [], token: 'a-token-of-16-ch' })).not.toThrow();
  });

  test('is answered under any name with the token, or under those that are allowed', async () => {
    const token = 'a-token-of-24-characters';
    const headers = { authorization: `Bearer ${token}`, host: 'some.service' };
    const open = await startService({ server: { host: '0.0.0.0', token } });
    const local = (url: string): string => `${url.replace('0.0.0.0', '127.0.0.1')}/v1/stats`;
    expect((await ask(local(open.url), { headers })).status).toBe(200);
    await open.service.drain();
    const named = await startService({ server: { host: '0.0.0.0', token, allowedHosts: ['tiercel.internal'] } });
    expect((await ask(local(named.url), { headers })).status).toBe(403);
    expect((await ask(local(named.url), { headers: { ...headers, host: 'tiercel.internal' } })).status).toBe(200);
    await named.service.drain();
  });
});

/** Says something on a connection, and hands back what comes until it is hung up. */
function say(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
    let heard = '';
    socket.on('data', (part) => {
      heard += part;
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}
