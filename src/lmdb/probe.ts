import { LmdbStore } from './store.ts';
import { isNoRoom } from './store-errors.ts';

/**
 * Goes through the whole of a store and writes to it, in a process of its own:
 * a damaged file may end the process that maps it. Leaves with 0 when all is well.
 */
const PROBE_KEY = '\u0001probe';
const RUN = 1_024;

const store = new LmdbStore(process.argv[2] ?? '', 0, 'write');
const { entries } = store.size();
let seen = 0;
for (let start = '\u0000'; ; ) {
  const keys = store.keysFrom(start, RUN);
  for (const key of keys) if (store.borrow(key)) seen += 1;
  const last = keys.at(-1);
  if (keys.length < RUN || last === undefined) break;
  start = `${last}\u0000`;
}
try {
  store.write(1, 16, () => store.put(PROBE_KEY, Buffer.alloc(16)));
  store.write(1, 0, () => store.remove(PROBE_KEY));
} catch (error) {
  if (!isNoRoom(error)) throw error;
}
process.exit(seen === entries ? 0 : 1);
