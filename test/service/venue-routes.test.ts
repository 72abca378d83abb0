import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningService, startService } from './running-service.ts';

const at = Date.parse;

describe('GET /v1/venues/{mic}/phase', () => {
  let running: RunningService;
  beforeAll(async () => {
    running = await startService();
  });
  afterAll(() => running.service.drain());

  test('tells where in its day a venue is, and why', async () => {
    const { status, body } = await running.ask('/v1/venues/XNYS/phase?at=2026-11-27T15:00:00Z');
    expect(status).toBe(200);
    expect(body).toEqual({
      mic: 'XNYS',
      at: at('2026-11-27T15:00:00Z'),
      phase: 'open',
      reason: 'early close after Thanksgiving',
      session: '2026-11-27',
      nextChange: at('2026-11-27T18:00:00Z'),
      nextOpen: at('2026-11-30T14:30:00Z'),
      nextClose: at('2026-11-27T18:00:00Z'),
      isEarlyClose: true,
      confidence: 'known',
    });
  });

  test('is of now, unless told; takes names in any case, and those with a slash', async () => {
    const { body } = await running.ask('/v1/venues/crypto/phase');
    expect(body).toMatchObject({ mic: '24/7', phase: 'open', nextChange: null, session: expect.stringMatching(/^\d{4}-/) });
    expect((await running.ask('/v1/venues/24%2F5/phase?at=1795741200000')).body).toMatchObject({ mic: '24/5', at: 1_795_741_200_000 });
    expect((await running.ask('/v1/venues/nyse/phase?at=2026-11-26')).body).toMatchObject({ mic: 'XNYS', phase: 'post' });
  });

  test.each([
    ['/v1/venues/XFOO/phase', 404, 'ERR_UNKNOWN_VENUE', 'There is no calendar of "XFOO"; there are XNYS'],
    ['/v1/venues/XNYS/phase?at=soon', 400, 'ERR_REQUEST', '"soon" is no instant for "at"'],
    ['/v1/venues/XNYS/phase?when=1', 400, 'ERR_REQUEST', 'must NOT have additional properties'],
  ])('%s is %d, and says what to do', async (path, status, code, says) => {
    const answer = await running.ask(path);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toContain(says);
  });

  test('GET /v1/venues lists what can be asked for', async () => {
    const { status, body } = await running.ask('/v1/venues');
    expect(status).toBe(200);
    expect(body.venues.length).toBeGreaterThanOrEqual(33);
    expect(body.venues[0]).toEqual({
      mic: 'XNYS',
      title: 'New York Stock Exchange',
      timeZone: 'America/New_York',
      coverage: { from: '2015-01-01', to: '2026-12-31' },
      aliases: ['NYSE'],
    });
  });
});
