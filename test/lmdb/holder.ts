import { writeSync } from 'node:fs';
import { LmdbStore } from '../../src/lmdb/store.ts';

/** Takes the write lock of a store, says so on its output, and stops itself; goes on to write when it is continued. */
const store = new LmdbStore(process.argv[2] ?? '', 0, 'write');
store.write(1, 1_000, () => {
  store.put('main:peer:held', Buffer.from('held'));
  writeSync(1, 'holding');
  process.kill(process.pid, 'SIGSTOP');
});
writeSync(1, 'released');
await store.close();
