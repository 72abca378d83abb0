import { expect, test } from 'vitest';
import { sealedSample } from '../../../src/testing/sealed-sample.ts';
import { assertSame } from '../../../src/testing/tier-answers.ts';
import { RedisSentinels } from '../../servers/redis-sentinels.ts';
import { connected, USER } from './connected.ts';

test('a RedisTier follows the master that Sentinels name, when one is killed and when one hangs', { timeout: 60_000 }, async () => {
  await using fleet = await RedisSentinels.start([`${USER} +role`], ['user asker on >asking -@all +sentinel|get-master-addr-by-name']);
  const sentinel = { name: fleet.name, nodes: ['127.0.0.1:1', ...fleet.nodes], username: 'asker', password: 'asking' };
  await using tier = await connected({ sentinel, username: 'tiercel', password: 'secret', onWarning: () => {} });
  const [first] = fleet.servers;
  let stamp = 1;
  const write = (): Promise<boolean[]> => {
    stamp += 1;
    return tier.setMany([sealedSample('main:quote:A', { stamp })]);
  };
  expect(await write()).toStrictEqual([true]);
  expect(await first?.cli('DBSIZE')).toBe('1');

  await first?.kill();
  await expect.poll(() => write().catch(() => []), { timeout: 15_000, interval: 50 }).toStrictEqual([true]);
  const second = await fleet.master();
  expect(second).not.toBe(first);
  expect(await second?.cli('DBSIZE')).toBe('1');

  second?.stop();
  await expect.poll(() => write().catch(() => []), { timeout: 20_000, interval: 50 }).toStrictEqual([true]);
  const third = await fleet.master();
  expect(third).not.toBe(second);
  second?.cont();
  expect(await write()).toStrictEqual([true]);
  assertSame(await tier.getMany(['main:quote:A']), [sealedSample('main:quote:A', { stamp }).bytes]);
});
