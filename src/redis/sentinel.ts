import { textOf } from '../errors.ts';
import { withDeadline } from '../guard/deadline.ts';
import { type Address, addressText, type RedisAccess } from './redis-address.ts';
import { openClient, type RedisArgument, type RedisClient, type RedisReply } from './redis-client.ts';
import type { RedisSetting, RedisTarget } from './redis-options.ts';

/** Sends one command to a server over a connection of its own. */
export async function askOnce(
  address: Address,
  access: RedisAccess,
  { connectMs, clock }: RedisSetting,
  args: readonly RedisArgument[],
): Promise<RedisReply> {
  const client = await openClient(address, access, connectMs, clock);
  try {
    return await withDeadline(client.send(args), connectMs, clock, () => new Error(`no answer within ${connectMs} ms`));
  } finally {
    client.destroy();
  }
}

/** Where the master is, by the first Sentinel that says so; they are asked in an order drawn anew each time. */
export async function locateMaster(target: RedisTarget & { kind: 'sentinel' }, setting: RedisSetting): Promise<Address> {
  const failures: string[] = [];
  for (const node of shuffled(target.nodes, setting.random)) {
    try {
      const reply = await askOnce(node, target.access, setting, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', target.name]);
      const [host, port] = Array.isArray(reply) ? reply : [];
      if (host !== undefined && port !== undefined) return { host: String(host), port: Number(port) };
      failures.push(`${addressText(node)}: knows no master "${target.name}"`);
    } catch (error) {
      failures.push(`${addressText(node)}: ${textOf(error)}`);
    }
  }
  throw new Error(`no Sentinel told where the master is (${failures.join('; ')})`);
}

/** Refuses a server that is not, or not yet, the master it was named as. */
export async function assertMaster(client: RedisClient): Promise<void> {
  const reply = await client.send(['ROLE']);
  const role = Array.isArray(reply) ? String(reply[0]) : 'unknown';
  if (role !== 'master') throw new Error(`it is named as master, and its role is ${role}`);
}

/** The items in an order drawn by chance. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const places = items.map((item) => ({ item, place: random() }));
  return places.sort((a, b) => a.place - b.place).map(({ item }) => item);
}
