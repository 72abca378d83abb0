import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seeded } from '../../../src/testing/seeded.ts';
import { fillDisk } from '../../lmdb/fill-disk.ts';
import { type FaultRow, outcomeOf } from '../fault-row.ts';
import type { Fleet } from '../fleet.ts';
import { endure } from '../ordeal.ts';
import { embedded, startFleet } from './topologies.ts';

const HOLDER = fileURLToPath(new URL('../../lmdb/holder.ts', import.meta.url));

/** Faults of the disk under the embedded tier and the embedded bus. */
export const diskRows: readonly FaultRow[] = [
  {
    row: 26,
    fault: 'disk full under LMDB',
    injection: 'tier and bus on a tmpfs of 24 MB, filled to the last byte; freed 3 s later',
    needs: ['root'],
    run: async (held) => {
      const mount = held.adopt(mountDisk(), unmountDisk);
      const { fleet, tier } = await startFleet(held, () => ({
        tier: { kind: 'lmdb', path: join(mount, 'store') },
        bus: { kind: 'lmdb', path: join(mount, 'bus') },
      }));
      const filler = join(mount, 'filler');
      const result = await endure(fleet, {
        tier,
        faultMs: 3_000,
        cutOff: 'all',
        inject: () => fillDisk(filler),
        heal: () => rmSync(filler),
      });
      return outcomeOf(result);
    },
  },
  damageRow('truncated', (file) => truncateSync(file, Math.floor(statSync(file).size / 3))),
  damageRow('overwritten', (file) => {
    const random = seeded(27);
    const descriptor = openSync(file, 'r+');
    const { size } = statSync(file);
    for (let page = 0; page < 6; page += 1)
      writeSync(descriptor, Buffer.alloc(4_096, 0xa5), 0, 4_096, Math.floor((random() * size) / 4_096) * 4_096);
    closeSync(descriptor);
  }),
  {
    row: 27,
    fault: 'LMDB locked',
    injection: 'a process takes the write lock of the tier and is stopped (SIGSTOP); it is killed 3 s later',
    run: async (held) => {
      const { fleet, tier } = await startFleet(held, embedded);
      let end = (): void => {};
      held.defer(() => end());
      const result = await endure(fleet, {
        tier,
        faultMs: 3_000,
        inject: async () => {
          const [file = ''] = dataFiles(fleet).filter((name) => name.includes('store'));
          const holder = spawn(process.execPath, [HOLDER, file], { stdio: ['ignore', 'pipe', 'ignore'] });
          end = () => holder.kill('SIGKILL');
          await once(holder.stdout, 'data');
        },
        heal: () => end(),
      });
      return outcomeOf(result);
    },
  },
];

/** The nodes are killed, the data file is damaged, and others start on it. */
function damageRow(how: string, damage: (file: string) => void): FaultRow {
  return {
    row: 27,
    fault: `LMDB ${how}`,
    injection: `the nodes are killed, the data files of tier and bus are ${how}, and three others start on them`,
    run: async (held) => {
      const { fleet, a, b, c, tier } = await startFleet(held, embedded);
      const result = await endure(fleet, {
        tier,
        faultMs: 0,
        blind: 'all',
        inject: async () => {
          // What a slow disk has not taken yet would be lost with all who know of it.
          while (![...(await fleet.states()).values()].every(({ areTiersWell }) => areTiersWell)) await sleep(20);
          await fleet.flush();
          await Promise.all([a, b, c].map((node) => node.kill()));
          for (const file of dataFiles(fleet)) damage(file);
          await Promise.all(['d', 'e', 'f'].map((name) => fleet.start({ name, ...embedded(fleet, name) })));
        },
        afterMs: 2_500,
      });
      return outcomeOf(result);
    },
  };
}

function dataFiles(fleet: Fleet): string[] {
  return readdirSync(fleet.folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mdb'))
    .map((name) => join(fleet.folder, name));
}

function mountDisk(): string {
  const mount = mkdtempSync(join(tmpdir(), 'tiercel-disk-'));
  execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', mount]);
  return mount;
}

function unmountDisk(mount: string): void {
  execFileSync('/bin/umount', [mount]);
  rmSync(mount, { recursive: true });
}
