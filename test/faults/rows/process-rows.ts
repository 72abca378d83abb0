import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../../src/testing/seeded.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { FAKETIME, type FaultRow, outcomeOf } from '../fault-row.ts';
import { Fleet } from '../fleet.ts';
import { now } from '../node-plan.ts';
import type { NodeProcess } from '../node-process.ts';
import { endure } from '../ordeal.ts';
import { TcpProxy } from '../tcp-proxy.ts';
import { embedded, redisTier, startFleet } from './topologies.ts';

/** Faults of the processes themselves: killed, stopped, out of descriptors, with clocks that jump. */
export const processRows: readonly FaultRow[] = [
  crashRow(100),
  {
    row: 18,
    fault: 'process frozen for longer than it is believed',
    injection: 'SIGSTOP of one node, SIGCONT 5 s later, under load',
    run: async (held) => {
      const { fleet, c, tier } = await startFleet(held, embedded);
      let from = 0;
      const result = await endure(fleet, {
        tier,
        faultMs: 5_000,
        blind: 'all',
        inject: () => {
          from = now();
          c.stop();
        },
        heal: () => {
          c.continue();
          fleet.history.stopped.push({ node: 'c', from, to: now() });
        },
      });
      return outcomeOf(result);
    },
  },
  ...(['-3600', '+172800'] as const).map(
    (offset): FaultRow => ({
      row: 19,
      fault: `wall clock jumps ${offset.startsWith('-') ? 'an hour back' : 'two days ahead'}`,
      injection: 'libfaketime shifts the wall clock of one node in mid-run, and back again 4 s later',
      needs: ['faketime'],
      run: async (held) => {
        const fleet = held.use(new Fleet());
        const clockFile = join(fleet.folder, 'clock');
        const shift = (seconds: string): void => writeFileSync(clockFile, `${seconds}\n`);
        shift('+0');
        const env = {
          LD_PRELOAD: FAKETIME,
          FAKETIME_TIMESTAMP_FILE: clockFile,
          FAKETIME_NO_CACHE: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        };
        const own = embedded(fleet, '');
        await Promise.all([
          fleet.start({ name: 'a', ...own }),
          fleet.start({ name: 'b', ...own }),
          fleet.start({ name: 'c', ...own }, { env }),
        ]);
        const result = await endure(fleet, { tier: own.tier, faultMs: 4_000, inject: () => shift(offset), heal: () => shift('+0') });
        return outcomeOf(result);
      },
    }),
  ),
  {
    row: 28,
    fault: 'descriptors exhausted',
    injection: 'each node may open 64 files and hoards all that are left, while its connections to Redis are reset',
    needs: ['redis-server'],
    run: async (held) => {
      const server = held.use(await RedisServer.start());
      const proxy = held.use(await TcpProxy.open({ targetPort: server.port }));
      const launcher = ['/bin/sh', '-c', 'ulimit -n 64 && exec "$@"', 'sh'];
      const url = `redis://127.0.0.1:${proxy.port}`;
      const { fleet, a, b, c } = await startFleet(held, redisTier({ url }), {}, () => ({ launcher }));
      const hoard = (isOn: boolean): Promise<unknown> => Promise.all([a, b, c].map((node) => node.ask({ call: 'hoard', isOn })));
      const result = await endure(fleet, {
        tier: { kind: 'redis', url: server.url },
        inject: async () => {
          await hoard(true);
          proxy.reset();
        },
        heal: () => hoard(false),
      });
      return outcomeOf(result);
    },
  },
];

/** Nodes that are killed at random instants, and started again, beside one that lives. */
export function crashRow(kills: number): FaultRow {
  return {
    row: 18,
    fault: 'crash mid-write',
    injection: `SIGKILL of nodes at ${kills} random instants under a load of writes; others take their places`,
    run: async (held) => {
      const fleet = held.use(new Fleet());
      const own = { ...embedded(fleet, ''), waitsForBus: false };
      await fleet.start({ name: 'a', ...embedded(fleet, '') });
      const random = seeded(18);
      let killed = 0;
      const victims = async (): Promise<void> => {
        while (killed < kills) {
          killed += 1;
          const node: NodeProcess = await fleet.start({ name: `k${killed}`, ...own });
          await sleep(random() * 300);
          await node.kill();
        }
      };
      const result = await endure(fleet, {
        ...own,
        faultMs: 0,
        workload: { ratePerMember: 500, writeShare: 0.4 },
        // A process that died without a word leaves the others unsure until it is forgotten (`coherence.forgetAfter`).
        blind: 'all',
        healedWithinMs: 35_000,
        inject: () => Promise.all([victims(), victims()]),
        afterMs: 1_000,
      });
      return outcomeOf(result, `${kills} nodes killed`);
    },
  };
}
