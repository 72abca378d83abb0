import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, test, vi } from 'vitest';
import { validated } from '../../../src/cache/store/validation.ts';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';

interface Quote {
  readonly price: number;
}

const entryOf = (value: unknown, isNegative = false): Entry<Quote> => ({
  key: 'AAPL',
  value: value as Quote,
  isNegative,
  eventAt: 1,
  askedAt: 2,
  staleAt: 3,
  deadAt: 4,
  version: OLDEST,
  tags: NO_TAGS,
  source: 'replay',
  isFinal: false,
  why: '',
});

const judge = (value: unknown): StandardSchemaV1.Result<Quote> => {
  const price = (value as Partial<Quote> | null)?.price;
  return typeof price === 'number' ? { value: { price } } : { issues: [{ message: 'no price' }] };
};

const schemaThat = (validate: (value: unknown) => StandardSchemaV1.Result<Quote> | Promise<StandardSchemaV1.Result<Quote>>) =>
  ({ '~standard': { version: 1, vendor: 'test', validate } }) satisfies StandardSchemaV1<unknown, Quote>;

const now = schemaThat(judge);
const later = schemaThat(async (value) => judge(value));
const none = undefined;

/** What version 1 stored, made into what version 2 wants. */
const migrate = (stored: unknown): Quote | undefined => {
  const last = (stored as { last?: number }).last;
  return last === undefined ? undefined : { price: last };
};

describe('a stored entry', () => {
  test('is taken as it is where there is no schema', () => {
    const entry = entryOf({ anything: true });
    expect(validated({ schema: none, migrate: none }, entry)).toBe(entry);
    expect(validated({ schema: none, migrate }, entry)).toBe(entry);
  });

  test('is not asked for a shape when it says that there is nothing', () => {
    const validate = vi.fn(judge);
    const entry = entryOf(undefined, true);
    expect(validated({ schema: schemaThat(validate), migrate }, entry)).toBe(entry);
    expect(validate).not.toHaveBeenCalled();
  });

  describe.each([
    ['at once', now],
    ['later', later],
  ])('whose schema answers %s', (when, schema) => {
    const check = async (value: unknown, migration?: (stored: unknown) => Quote | undefined) => {
      const answer = validated({ schema, migrate: migration }, entryOf(value));
      expect(answer instanceof Promise).toBe(when === 'later');
      return answer;
    };

    test('is taken with the value the schema makes, and all else it was', async () => {
      expect(await check({ price: 1, extra: true })).toEqual(entryOf({ price: 1 }));
    });

    test('is given up when the schema refuses its value', async () => {
      expect(await check({ last: 1 })).toBeUndefined();
      expect(await check(null)).toBeUndefined();
    });

    test('is migrated when the schema refuses its value, and checked again', async () => {
      expect(await check({ last: 5 }, migrate)).toEqual(entryOf({ price: 5 }));
      expect(await check({ last: 'five' }, migrate)).toBeUndefined();
      expect(await check({ first: 5 }, migrate)).toBeUndefined();
    });

    test('is not migrated when the schema takes its value', async () => {
      const migration = vi.fn(migrate);
      await check({ price: 1, last: 2 }, migration);
      expect(migration).not.toHaveBeenCalled();
    });
  });
});
