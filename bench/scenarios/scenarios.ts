import type { Scenario } from '../harness/scenario.ts';
import { busLag, busLoad } from './bus.ts';
import { codecCandles, codecQuote, codecTensor } from './codec.ts';
import { disk } from './disk.ts';
import { footprint1m, footprint100k } from './footprint.ts';
import { getMany } from './get-many.ts';
import { getOrLoad } from './get-or-load.ts';
import { growthOfInserts, growthOfReads } from './growth.ts';
import { peekHot, peekLarge } from './peek.ts';
import { phase } from './phase.ts';
import { redisInFlight, redisInSequence, redisManyAtOnce } from './redis.ts';
import { requestsCashtag, requestsSprite, requestsWeb07 } from './requests.ts';
import { sealLong, sealShort } from './seal.ts';
import { sharedInFlight, sharedInSequence, sharedManyAtOnce } from './shared-tier.ts';
import { stampede } from './stampede.ts';
import { window } from './window.ts';
import { readWrite, setInsert, setUpdate } from './writes.ts';

/** All that is measured, in the order of the page. */
export const scenarios: readonly Scenario[] = [
  peekHot,
  peekLarge,
  getOrLoad,
  getMany,
  stampede,
  setUpdate,
  setInsert,
  readWrite,
  requestsCashtag,
  requestsWeb07,
  requestsSprite,
  disk,
  redisInSequence,
  redisInFlight,
  redisManyAtOnce,
  sharedInSequence,
  sharedInFlight,
  sharedManyAtOnce,
  busLag,
  busLoad,
  codecCandles,
  codecQuote,
  codecTensor,
  sealShort,
  sealLong,
  phase,
  window,
  footprint100k,
  footprint1m,
  growthOfReads,
  growthOfInserts,
];
