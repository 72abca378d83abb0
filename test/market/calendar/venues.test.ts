import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../../src/market/calendar/calendar.ts';
import { calendarOf } from '../../../src/market/calendar/calendar-of.ts';
import { instantText } from '../../../src/market/calendar/day.ts';
import { digestOf } from '../../fixtures/calendars/digest.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/calendars');

interface Reference {
  readonly digests: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const reference: Reference = JSON.parse(readFileSync(join(FIXTURES, 'reference.json'), 'utf8'));

/** The rows of a venue's sessions, as the reference writes them. */
function rowsOf(calendar: Calendar, from: string, to: string): string[] {
  return calendar
    .sessions(from, to)
    .map(({ date, open, close, break: rest }) =>
      [date, instantText(open), instantText(close), ...(rest?.map(instantText) ?? ['', ''])].join(','),
    );
}

describe('the sessions of a venue', () => {
  test.each(['XNYS', 'XTKS', 'XBOM'])('%s are those of the reference, row for row', (mic) => {
    const answers = gunzipSync(readFileSync(join(FIXTURES, `${mic}-2015-2019.csv.gz`)))
      .toString()
      .trim()
      .split('\n');
    expect(rowsOf(calendarOf(mic), '2015-01-01', '2019-12-31')).toEqual(answers.slice(1));
  });

  const years = Object.entries(reference.digests).flatMap(([mic, byYear]) =>
    Object.entries(byYear).map(([year, digest]) => ({ mic, year, digest })),
  );

  test.each(years)('$mic of $year have the digest of the reference', ({ mic, year, digest }) => {
    expect(digestOf(rowsOf(calendarOf(mic), `${year}-01-01`, `${year}-12-31`))).toBe(digest);
  });

  test('follow from the same rules where venues share them', () => {
    for (const [one, other] of [
      ['XNYS', 'XNAS'],
      ['XNYS', 'ARCX'],
      ['XNYS', 'XASE'],
      ['XNYS', 'BATS'],
      ['XETR', 'XFRA'],
      ['XPAR', 'XAMS'],
      ['XPAR', 'XBRU'],
      ['XPAR', 'XLIS'],
      ['XSHG', 'XSHE'],
      ['XBOM', 'XNSE'],
    ] as const)
      expect(rowsOf(calendarOf(one), '2015-01-01', '2026-12-31'), `${one} ${other}`).toEqual(
        rowsOf(calendarOf(other), '2015-01-01', '2026-12-31'),
      );
  });
});
