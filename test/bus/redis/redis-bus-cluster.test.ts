import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import { RedisCluster } from '../../servers/redis-cluster.ts';
import { subjectOn } from './suite-subject.ts';

let cluster: RedisCluster;
beforeAll(async () => {
  cluster = await RedisCluster.start();
}, 60_000);
afterAll(() => cluster[Symbol.asyncDispose]());

describeBus(
  'redisBus of a cluster',
  () => {
    const [first, second] = cluster.servers;
    if (!first || !second) throw new Error('a cluster has servers');
    return subjectOn(first, { cluster: { nodes: [first.address, second.address] } }, { canHappen: false });
  },
  { describe: describe.concurrent, test: test.concurrent },
);
