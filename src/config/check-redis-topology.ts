import { textOf } from '../errors.ts';
import { parseTopology } from '../redis/cluster-topology.ts';
import { SLOT_COUNT } from '../redis/key-slot.ts';
import { type Address, addressText } from '../redis/redis-address.ts';
import type { RedisSetting } from '../redis/redis-options.ts';
import { askOnce } from '../redis/sentinel.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What Sentinels, or the nodes of a cluster, say of the whole; nothing for a single server. */
export async function checkRedisTopology(setting: RedisSetting): Promise<readonly Finding[]> {
  const { target, access } = setting;
  if (target.kind === 'server') return [];
  const question = target.kind === 'sentinel' ? ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', target.name] : ['CLUSTER', 'SLOTS'];
  const entry = target.kind === 'sentinel' ? target.access : access;
  const asked = await Promise.all(
    target.nodes.map(async (node) => {
      try {
        const reply = await askOnce(node, entry, setting, question);
        return { node, says: target.kind === 'sentinel' ? masterIn(reply) : slotsIn(reply, node), failure: '' };
      } catch (error) {
        return { node, says: undefined, failure: textOf(error) };
      }
    }),
  );
  const name = target.kind === 'sentinel' ? 'redis sentinels' : 'redis cluster';
  const silent = asked
    .filter(({ says }) => says === undefined)
    .map(({ node, failure }) => `${addressText(node)} (${failure || 'knows no such master'})`);
  const said = [...new Set(asked.flatMap(({ says }) => says ?? []))];
  const count = `${asked.length - silent.length} of ${asked.length} ${target.kind === 'sentinel' ? 'Sentinels' : 'nodes named'} answer`;
  if (said.length === 0) return [fail(name, `${count}: ${silent.join(', ')}`, 'start them, or mend their addresses')];
  if (said.length > 1)
    return [warn(name, `they do not agree: ${said.join('; ')}`, 'wait until a failover has ended; else look at their configurations')];
  const [what = ''] = said;
  if (what.includes('without a master')) return [fail(name, what, 'give every slot a master: redis-cli --cluster fix')];
  if (silent.length > 0) return [warn(name, `${count}, ${what}; silent: ${silent.join(', ')}`, 'start those, or name others')];
  return [ok(name, `${count}, ${what}`)];
}

function masterIn(reply: unknown): string | undefined {
  const [host, port] = Array.isArray(reply) ? reply : [];
  return host === undefined || port === undefined ? undefined : `the master is ${String(host)}:${String(port)}`;
}

function slotsIn(reply: Parameters<typeof parseTopology>[0], node: Address): string {
  const { masters, owners } = parseTopology(reply, node);
  const without = SLOT_COUNT - owners.filter((owner) => owner !== undefined).length;
  return `${masters.size} masters${without > 0 ? `, ${without} slots without a master` : ''}`;
}
