import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { type LmdbBus, lmdbBus } from '../../../src/bus/lmdb/lmdb-bus.ts';
import type { BusSubject } from '../../../src/testing/bus-subject.ts';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { scratch } from '../../lmdb/scratch.ts';

const folder = scratch();

/** A channel in a folder of its own, whose log holds a megabyte. */
function subject(): BusSubject {
  const path = folder();
  const buses: LmdbBus[] = [];
  const connect = (): LmdbBus => {
    const bus = lmdbBus({ path, maxBytes: '1mb', onWarning: () => {} });
    buses.push(bus);
    return bus;
  };
  const all = (condition: (bus: LmdbBus) => boolean): Promise<void> => waitUntil(() => buses.every(condition), 10_000);
  return {
    connect,
    until: waitUntil,
    log: {
      isKept: true,
      recreate: async () => {
        const before = buses.map((bus) => bus.stats.reopened);
        rmSync(join(path, 'bus-1.mdb'));
        await waitUntil(() => buses.every((bus, at) => bus.stats.reopened > (before[at] ?? 0) && bus.stats.isConnected), 10_000);
      },
      overrun: async () => {
        const [bus] = buses;
        for (let n = 0; n < 5; n += 1) await bus?.publish(Buffer.alloc(bus.maxMessageBytes));
      },
    },
    outage: {
      canHappen: true,
      begin: async () => {
        rmSync(path, { recursive: true });
        writeFileSync(path, 'no folder');
        await all((bus) => !bus.stats.isConnected);
      },
      end: async () => {
        rmSync(path);
      },
    },
    close: async () => {
      await all((bus) => !bus.stats.isConnected);
    },
  };
}

describeBus('lmdbBus', subject, { describe, test });
