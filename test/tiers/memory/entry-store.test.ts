import { expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { EvictionCounters } from '../../../src/telemetry/evictions.ts';
import { EntryStore } from '../../../src/tiers/memory/entry-store.ts';
import { surroundings } from './surroundings.ts';

const owner = {
  namespace: 'main',
  kind: '',
  evictions: new EvictionCounters(),
  hits: 0,
  arrivals: 0,
  drop: () => {},
  resized: () => {},
  distrust: () => {},
};
const store = () => new EntryStore('lru', surroundings({ maxEntries: 10, maxBytes: 1_000 }));

test('numbers its owners from 1 up to 65 535, and says what to do when there are more', () => {
  const full = store();
  for (let number = 1; number <= 0xffff; number += 1) expect(full.join(owner)).toBe(number);
  expect(() => full.join(owner)).toThrow(ConfigError);
  expect(() => full.join(owner)).toThrow('use fewer namespaces');
});

test('makes room as far as it can when nobody is left to leave', () => {
  const empty = store();
  empty.makeRoom();
  expect(empty.entries).toBe(0);
});
