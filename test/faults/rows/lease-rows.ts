import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../servers/redis-server.ts';
import { type FaultRow, type Outcome, unless } from '../fault-row.ts';
import { Fleet, type OwnPlan } from '../fleet.ts';
import { now } from '../node-plan.ts';
import { embedded, redisAlone, type Topology } from './topologies.ts';

const PROCESSES = 8;
const KEYS = 20;

/** A lease ends so long after its holder has died. */
const LEASE_MS = 3_000;

/** What all processes do at once takes longer on a machine with few cores. */
const SLACK_MS = 1_500;

const LOAD_MS = 500;
const LEASED: Partial<OwnPlan> = {
  lease: true,
  waitsForBus: false,
  loadDeadlineMs: 15_000,
  source: { mode: 'fine', leastMs: LOAD_MS, delayMs: LOAD_MS },
};

const ASKED = `${PROCESSES} processes ask for ${KEYS} cold keys at once, with leases; each load takes ${LOAD_MS} ms`;

/** Cold keys that many processes want at once, where one alone is to load each. */
export const leaseRows: readonly FaultRow[] = [
  leased('hot keys of eight processes, Redis', ASKED, {}),
  leased('hot keys of eight processes, LMDB', ASKED, { isEmbedded: true }),
  leased('hot keys of eight processes just started, Redis', `${ASKED}; their caches are made with the first question`, {
    own: { opensWhenAsked: true },
  }),
  leased('hot keys of eight processes just started, LMDB', `${ASKED}; their caches are made with the first question`, {
    own: { opensWhenAsked: true },
    isEmbedded: true,
  }),
  leased('hot keys of eight processes, one of which dies', `${ASKED}; who loads most of them is killed in the midst of it`, {
    hasDeath: true,
  }),
];

interface LeaseRun {
  readonly own?: Partial<OwnPlan>;
  readonly isEmbedded?: boolean;
  readonly hasDeath?: boolean;
}

function leased(fault: string, injection: string, { own = {}, isEmbedded = false, hasDeath = false }: LeaseRun): FaultRow {
  return {
    row: 22,
    fault,
    injection,
    ...(!isEmbedded && { needs: ['redis-server'] }),
    run: async (held) => {
      const topology: Topology = isEmbedded ? embedded : redisAlone(held.use(await RedisServer.start()).url);
      const fleet = held.use(new Fleet(KEYS));
      const names = Array.from({ length: PROCESSES }, (_, at) => `p${at}`);
      await Promise.all(names.map((name) => fleet.start({ name, ...topology(fleet, name), ...LEASED, ...own })));
      const began = now();
      const { keys } = fleet.keyspace;
      const asked = Promise.all(fleet.members.flatMap((member) => keys.map((key) => fleet.read(member, 'load', key))));
      const lost = hasDeath ? await killMostBusy(fleet) : 0;
      await asked;
      return judged(fleet, now() - began, lost);
    },
  };
}

/** Kills the process that loads most, and tells how many loads went with it. */
async function killMostBusy(fleet: Fleet): Promise<number> {
  await sleep(LOAD_MS / 2);
  const states = await fleet.states();
  const loadsOf = (name: string): number => states.get(name)?.loads ?? 0;
  const [busiest] = fleet.members.toSorted((a, b) => loadsOf(b.name) - loadsOf(a.name));
  await busiest?.node.kill();
  return loadsOf(busiest?.name ?? '');
}

async function judged(fleet: Fleet, tookMs: number, lost: number): Promise<Outcome> {
  const { reads, accidents } = fleet.history;
  const states = [...(await fleet.states(10_000)).values()];
  const loads = states.reduce((sum, state) => sum + state.loads, 0);
  const answered = reads.filter(({ answer, error }) => error === undefined && answer?.n === 1 && answer.isFresh).length;
  const boundMs = LOAD_MS + SLACK_MS + (lost > 0 ? LEASE_MS + LOAD_MS : 0);
  const death = lost > 0 ? `; ${lost} loads ended with their process` : '';
  return {
    happened: `${KEYS} keys, ${loads} loads by those that live${death}; ${answered} of ${reads.length} answered, the last after ${(tookMs / 1_000).toFixed(2)} s`,
    operations: reads.length,
    violations: [
      ...unless(loads === KEYS, 8, `${loads} loads of ${KEYS} keys`),
      ...unless(answered === reads.length && answered >= KEYS * states.length, 6, `${answered} of ${reads.length} were answered`),
      ...unless(tookMs < boundMs, 6, `the last answer took ${Math.round(tookMs)} ms`),
      ...accidents.map(({ node, what, at }) => ({ invariant: 11, node, what, at })),
    ],
  };
}
