import { describe, expect, test } from 'vitest';
import { parseTopology } from '../../src/redis/cluster-topology.ts';
import type { RedisReply } from '../../src/redis/redis-client.ts';

const ASKED = { host: 'asked', port: 1 };
const range = (from: number, to: number, host: string | null, port: number): RedisReply => [
  from,
  to,
  [host === null ? null : Buffer.from(host), port, Buffer.from('id'), []],
  [Buffer.from('replica'), 99, Buffer.from('id'), []],
];

describe('what a node tells of its cluster', () => {
  test('gives each slot its master, and nobody where there is none', () => {
    const { masters, owners } = parseTopology([range(0, 10, 'a', 1), range(11, 20, 'b', 2), range(30, 16_383, 'a', 1)], ASKED);
    expect([...masters.keys()]).toStrictEqual(['a:1', 'b:2']);
    expect([owners[0], owners[10], owners[11], owners[21], owners[16_383]]).toStrictEqual(['a:1', 'a:1', 'b:2', undefined, 'a:1']);
  });

  test('leaves out the host of who was asked, where that does not know it', () => {
    expect([...parseTopology([range(0, 1, '', 7), range(2, 3, null, 8)], ASKED).masters.keys()]).toStrictEqual(['asked:7', 'asked:8']);
  });

  test('is refused when it tells of nothing', () => {
    for (const reply of [[], null, 'OK', [['0', '1', []]]]) expect(() => parseTopology(reply, ASKED)).toThrow(/no slots/);
  });
});
