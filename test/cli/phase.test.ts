import { describe, expect, test } from 'vitest';
import { feed, run } from '../integration/child-service.ts';

const THANKSGIVING = {
  phase: 'closed',
  reason: 'Thanksgiving',
  session: null,
  nextChange: '2026-11-27T09:00:00Z',
  nextOpen: '2026-11-27T14:30:00Z',
  nextClose: '2026-11-27T18:00:00Z',
};

describe('tiercel phase', () => {
  test('tells as JSON where in its day a venue is', async () => {
    const { code, out } = await run(['phase', 'XNYS', '--at', '2026-11-26T15:00:00Z', '--json']);
    expect([code, JSON.parse(out)]).toEqual([0, THANKSGIVING]);
    const inBreak = await run(['phase', 'XTKS', '--at', '2026-11-27T11:45:00+09:00', '--json']);
    expect(JSON.parse(inBreak.out)).toEqual({
      phase: 'break',
      reason: 'lunch break',
      session: '2026-11-27',
      nextChange: '2026-11-27T03:30:00Z',
      nextOpen: '2026-11-30T00:00:00Z',
      nextClose: '2026-11-27T06:30:00Z',
    });
  });

  test('tells it to people, and what comes next', async () => {
    const { code, out } = await run(['phase', 'XNYS', '--at', '2026-11-27T19:00:00Z']);
    expect(code).toBe(0);
    expect(out).toBe(
      'XNYS  New York Stock Exchange: post, early close after Thanksgiving, session 2026-11-27\n' +
        '  changes next 2026-11-27T22:00:00Z, in 3 h\n' +
        '  opens next 2026-11-30T14:30:00Z, in 2.8 d\n' +
        '  closes next 2026-11-30T21:00:00Z, in 3.1 d\n',
    );
    expect((await run(['phase', 'XHKG', '--at', '2029-01-02T03:00:00Z'])).out).toContain('projected: its holidays are not known');
  });

  test('has the night where it is asked for, and asks the clock when no instant is told', async () => {
    const { out } = await run(['phase', 'XNYS', '--at', '2026-11-30T02:30:00Z', '--overnight', '--json']);
    expect(JSON.parse(out)).toMatchObject({ phase: 'overnight', session: '2026-11-30' });
    expect(JSON.parse((await run(['phase', '24/7', '--json'])).out)).toMatchObject({ phase: 'open', nextChange: null });
  });

  test('answers each line of standard input with a line', async () => {
    const lines = 'XNYS,2026-11-26T15:00:00Z\r\n\n24/7, 2026-11-26T15:00:00Z\nXTKS,1795741200000';
    const { code, out } = await feed(['phase', '-', '--json'], lines);
    expect(code).toBe(0);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toEqual([
      THANKSGIVING,
      expect.objectContaining({ phase: 'open', session: '2026-11-26' }),
      expect.objectContaining({ phase: expect.any(String) }),
    ]);
    expect((await feed(['phase', '-'], 'nyse,2026-11-26T15:00:00Z\n')).out).toBe('XNYS,2026-11-26T15:00:00Z,closed,Thanksgiving\n');
  });

  test('answers thousands of lines in order', async () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => `XNYS,${Date.UTC(2026, 0, 1) + at * 3_600_000}`);
    const { code, out } = await feed(['phase', '-'], lines.join('\n'));
    const answers = out.trim().split('\n');
    expect([code, answers.length]).toEqual([0, 5_000]);
    expect(answers[4_999]).toContain(new Date(Date.UTC(2026, 0, 1) + 4_999 * 3_600_000).toISOString().slice(0, 19));
  });

  test('tells the line that it cannot read, after those it could', async () => {
    const { code, out, err } = await feed(['phase', '-'], 'XNYS,2026-11-26T15:00:00Z\nXNYS,yesterday\nXNYS,2026-11-26T15:00:00Z');
    expect([code, out]).toEqual([2, 'XNYS,2026-11-26T15:00:00Z,closed,Thanksgiving\n']);
    expect(err).toBe('Line 2: "XNYS,yesterday" is no MIC and instant; write XNYS,2026-11-26T15:00:00Z\n');
    expect((await feed(['phase', '-'], 'XFOO,2026-11-26T15:00:00Z')).err).toContain('Line 1: There is no calendar of "XFOO"');
  });

  test.each([
    [[], 'Something is missing; write: tiercel phase MIC|-'],
    [['XFOO'], 'There is no calendar of "XFOO"; there are XNYS, XNAS'],
    [['XNYS', '--at', '2026-11-26T15:00:00'], '--at is "2026-11-26T15:00:00"; write an instant with its zone: --at 2026-11-26T15:00:00Z'],
    [['XNYS', '--at', '2026-02-30T15:00:00Z'], '--at is "2026-02-30T15:00:00Z"'],
    [['-', '--at', '2026-02-03T15:00:00Z'], '--at is not for "-"; write the instant in each line'],
  ])('refuses %j, and says what to write', async (args, says) => {
    const { code, out, err } = await run(['phase', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
    expect(err).not.toContain('    at ');
  });
});
