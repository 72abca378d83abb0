import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { dayOf } from '../../../src/market/calendar/day.ts';
import { Zone } from '../../../src/market/calendar/zone.ts';
import { wallOf } from './slow-model.ts';

const HOUR = 3_600_000;
const ZONES = ['America/New_York', 'Europe/London', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC'];

describe('a zone', () => {
  test('knows the offset of any instant as the machine does', () => {
    const zones = new Map(ZONES.map((name) => [name, new Zone(name)]));
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2035, 0, 1) }), (name, at) => {
        const { day, minutes } = wallOf(name, at - (at % 1_000));
        expect(zones.get(name)?.offsetAt(at)).toBe(day * 24 * HOUR + Math.round(minutes * 60) * 1_000 - (at - (at % 1_000)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('changes at the very second', () => {
    const zone = new Zone('America/New_York');
    const change = Date.parse('2026-03-08T07:00:00Z');
    expect([zone.offsetAt(change - 1), zone.offsetAt(change)]).toEqual([-5 * HOUR, -4 * HOUR]);
  });

  test('moves a time that clocks skip on, and means the first of a time they show twice', () => {
    const zone = new Zone('America/New_York');
    expect(zone.instantOf(dayOf(2026, 3, 8), 150)).toBe(Date.parse('2026-03-08T07:30:00Z'));
    expect(zone.instantOf(dayOf(2026, 11, 1), 90)).toBe(Date.parse('2026-11-01T05:30:00Z'));
    expect(zone.instantOf(dayOf(2026, 11, 1), 180)).toBe(Date.parse('2026-11-01T08:00:00Z'));
  });

  test('has a midnight even where clocks skip it', () => {
    expect(new Zone('America/Sao_Paulo').instantOf(dayOf(2018, 11, 4), 0)).toBe(Date.parse('2018-11-04T03:00:00Z'));
  });

  test('is refused when there is none of that name', () => {
    expect(() => new Zone('America/Gotham')).toThrow(ConfigError);
    expect(() => new Zone('America/Gotham')).toThrow(`\`timeZone\` is "America/Gotham", which is unknown; give a name such as`);
  });
});
