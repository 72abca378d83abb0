import { describe, expect, test } from 'vitest';
import { run } from '../integration/child-service.ts';

describe('tiercel sessions', () => {
  test('prints a line a session, with the breaks of those that have one', async () => {
    const { code, out } = await run(['sessions', 'XHKG', '--from', '2026-12-24', '--to', '2026-12-29', '--format', 'csv']);
    expect(code).toBe(0);
    expect(out).toBe(
      'session,open,close,break_start,break_end\n' +
        '2026-12-24,2026-12-24T01:30:00Z,2026-12-24T04:00:00Z,,\n' +
        '2026-12-28,2026-12-28T01:30:00Z,2026-12-28T08:00:00Z,2026-12-28T04:00:00Z,2026-12-28T05:00:00Z\n' +
        '2026-12-29,2026-12-29T01:30:00Z,2026-12-29T08:00:00Z,2026-12-29T04:00:00Z,2026-12-29T05:00:00Z\n',
    );
  });

  test('prints JSON for programs', async () => {
    const { code, out } = await run(['sessions', 'nyse', '--from', '2026-11-26', '--to', '2026-11-27', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      {
        session: '2026-11-27',
        open: '2026-11-27T14:30:00Z',
        close: '2026-11-27T18:00:00Z',
        breakStart: null,
        breakEnd: null,
        isEarlyClose: true,
        isLateOpen: false,
        reason: 'early close after Thanksgiving',
        confidence: 'known',
      },
    ]);
  });

  test('prints a table for people, with what is unusual', async () => {
    const { code, out } = await run(['sessions', 'XTKS', '--from', '2027-01-01', '--to', '2027-01-05']);
    expect(code).toBe(0);
    expect(out).toContain('XTKS  Tokyo Stock Exchange, Asia/Tokyo; 2 sessions, in UTC');
    expect(out).toContain('2027-01-04T00:00:00Z  2027-01-04T06:30:00Z  break 02:30–03:30  projected');
  });

  test('counts the sessions that the reference leaves out, where they are asked for', async () => {
    const args = ['sessions', 'XBOM', '--from', '2026-02-01', '--to', '2026-02-01', '--format', 'csv'];
    expect((await run(args)).out.trim().split('\n')).toHaveLength(1);
    expect((await run([...args, '--extra'])).out).toContain('2026-02-01,2026-02-01T03:45:00Z,2026-02-01T10:00:00Z,,');
  });

  test('tells a fortnight from today, unless it is told', async () => {
    const { code, out } = await run(['sessions', '24/7', '--json']);
    expect([code, JSON.parse(out).length]).toEqual([0, 15]);
    expect((await run(['sessions', 'XNYS', '--from', '2026-11-28', '--to', '2026-11-29'])).out).toContain('0 sessions');
  });

  test.each([
    [[], 'Something is missing; write: tiercel sessions MIC'],
    [['XFOO'], 'There is no calendar of "XFOO"; there are XNYS, XNAS'],
    [['XNYS', '--from', '2026-02-30'], '--from is "2026-02-30"; write a date: --from 2026-11-26'],
    [['XNYS', '--to', 'soon'], '--to is "soon"; write a date: --to 2026-11-26'],
    [['XNYS', '--from', '2026-02-02', '--to', '2026-02-01'], '--to is 2026-02-01, before --from, which is 2026-02-02'],
    [['XNYS', '--format', 'xml'], '--format is "xml"; write table or csv'],
  ])('refuses %j, and says what to write', async (args, says) => {
    const { code, out, err } = await run(['sessions', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
    expect(err).not.toContain('    at ');
  });
});
