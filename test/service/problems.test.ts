import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClosedError, LoadOverloadError, LoadTimeoutError, NotFreshError } from '../../src/errors.ts';
import { Problem, toProblem } from '../../src/service/problem.ts';
import { type Asking, type RunningService, startService } from './running-service.ts';

describe('problems', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService();
  });
  afterAll(() => running.service.drain());

  const body = (text: string): Asking => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: text });

  test.each([
    ['an unknown route', '/v1/nothing', {}, 404, 'ERR_NO_ROUTE', 'There is no GET /v1/nothing'],
    ['a route by another method', '/v1/stats', { method: 'POST' }, 404, 'ERR_NO_ROUTE', 'There is no POST /v1/stats'],
    ['a URL that cannot be read', '/v1/bars/%zz', {}, 400, 'ERR_REQUEST', '%zz'],
    ['a body that is no JSON', '/v1/invalidate', body('{"key":'), 400, 'ERR_JSON', 'no JSON'],
    ['an empty body', '/v1/invalidate', body(''), 400, 'ERR_JSON', 'empty'],
    ['no body at all', '/v1/invalidate', { method: 'POST' }, 400, 'ERR_REQUEST', 'body'],
    ['a poisoned body', '/v1/invalidate', body('{"__proto__":{"admin":true},"key":"signal:x"}'), 400, 'ERR_JSON', '__proto__'],
    [
      'another poisoned body',
      '/v1/invalidate',
      body('{"constructor":{"prototype":{}},"key":"signal:x"}'),
      400,
      'ERR_JSON',
      'constructor.prototype',
    ],
    [
      'a body of another type',
      '/v1/invalidate',
      { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<x/>' },
      415,
      'ERR_MEDIA_TYPE',
      'application/json',
    ],
    ['a body that is too large', '/v1/invalidate', body(`{"key":"${'k'.repeat(1_100_000)}"}`), 413, 'ERR_TOO_LARGE', '1 MB'],
  ] as [string, string, Asking, number, string, string][])('%s is told as one', async (_what, path, asking, status, code, says) => {
    const answer = await running.ask(path, asking);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      type: expect.stringMatching(/^urn:tiercel:problem:[a-z-]+$/),
      title: expect.stringMatching(/\w/),
      status,
      detail: expect.stringContaining(says),
      code,
      instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
    });
    expect(running.reports).toEqual([]);
  });

  test('a bug is told by its id alone, and reported under it with its cause', async () => {
    const keys = running.assembly.cache.keys;
    const bug = new Error('secret of the house');
    running.assembly.cache.keys = () => Promise.reject(bug);
    const { status, body: told } = await running.ask('/v1/keys?pattern=a*');
    running.assembly.cache.keys = keys;
    expect({ status, code: told.code }).toEqual({ status: 500, code: 'ERR_INTERNAL' });
    expect(JSON.stringify(told)).not.toContain('secret');
    expect(running.reports.splice(0)).toEqual([
      { id: told.instance.slice('urn:uuid:'.length), method: 'GET', url: '/v1/keys', error: bug },
    ]);
  });

  test.each([
    [new LoadTimeoutError('k', 5), 504],
    [new LoadOverloadError('quote', 9), 503],
    [new NotFreshError('k', 5, 'a fresh value'), 504],
    [new ClosedError(), 503],
    [new Problem('ERR_NO_ENTRY', 'none'), 404],
    ['text', 500],
    [undefined, 500],
  ])('%s has the status %i', (error, status) => {
    expect(toProblem(error ?? new Error('?')).status).toBe(status);
  });
});
