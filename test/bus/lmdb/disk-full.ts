import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { lmdbBus } from '../../../src/bus/lmdb/lmdb-bus.ts';
import { RecordingListener } from '../../../src/testing/recording-listener.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { fillDisk } from '../../lmdb/fill-disk.ts';

/**
 * Fills a disk under a log, in a process of its own, for a full disk is known to
 * end processes; tells what it saw, and ends by itself.
 */
const mount = process.argv[2] ?? '';
const other = join(mount, 'other');
let rejections = 0;
process.on('unhandledRejection', () => {
  rejections += 1;
});

// Full before there is a log.
fillDisk(other);
const bus = lmdbBus({ path: join(mount, 'store'), maxBytes: '16mb', deadline: '5s', onWarning: () => {} });
const heard = new RecordingListener();
bus.listen(heard);
await waitUntil(() => heard.losses.length > 0, 5_000);
const refused = await outcome(bus.publish(Buffer.from('too early')));
rmSync(other);
await waitUntil(() => heard.isConnected, 10_000);

// Three times what fits.
const outcomes: string[] = [];
for (let n = 0; n < 500; n += 1) {
  const batch = Array.from({ length: 30 }, () => outcome(bus.publish(Buffer.alloc(1_500, n))));
  outcomes.push(...(await Promise.all(batch)));
}
const stored = outcomes.filter((text) => text === 'taken').length;

// Not a byte is left: all there is is what is free within the file.
fillDisk(other);
const small = await Promise.all(Array.from({ length: 20 }, (_, n) => outcome(bus.publish(Buffer.from(`small ${n}`)))));
rmSync(other);
const after = await outcome(bus.publish(Buffer.from('after')));
const isHeard = await waitUntil(() => heard.texts.at(-1) === 'after', 5_000).then(
  () => true,
  () => false,
);
const { overruns } = bus.stats;
await bus[Symbol.asyncDispose]();
process.send?.({
  refused,
  stored,
  failures: [...new Set(outcomes.filter((text) => text !== 'taken'))],
  small: small.filter((text) => text === 'taken').length,
  after,
  isHeard,
  losses: heard.losses.filter((reason) => !/ENOSPC|left the log before/.test(reason)),
  // Room is made of the oldest half, which a busy reader may not have told yet; then it says so.
  isMissedInSilence: heard.messages.length < stored + small.length + 1 && overruns === 0,
  rejections,
});

async function outcome(call: Promise<void>): Promise<string> {
  try {
    await call;
    return 'taken';
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}
