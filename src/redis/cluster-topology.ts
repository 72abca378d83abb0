import { SLOT_COUNT } from './key-slot.ts';
import { type Address, addressText } from './redis-address.ts';
import type { RedisReply } from './redis-client.ts';

/** Which master has which slots, as one node of a cluster sees it. */
export interface ClusterTopology {
  /** By `host:port`. */
  readonly masters: ReadonlyMap<string, Address>;
  /** The `host:port` of each slot's master; `undefined` where it has none. */
  readonly owners: readonly (string | undefined)[];
}

/**
 * The answer to `CLUSTER SLOTS`.
 *
 * @param asked the node that answered: one that does not know its own host leaves it out.
 * @throws Error when it is no such answer, or tells of no slot.
 */
export function parseTopology(reply: RedisReply, asked: Address): ClusterTopology {
  const masters = new Map<string, Address>();
  const owners: (string | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  for (const range of listOf(reply)) {
    const [from, to, master] = listOf(range);
    const [host, port] = listOf(master);
    if (typeof from !== 'number' || typeof to !== 'number' || typeof port !== 'number') continue;
    const name = host === null || host === undefined ? '' : String(host);
    const address = { host: name === '' || name === '?' ? asked.host : name, port };
    masters.set(addressText(address), address);
    owners.fill(addressText(address), from, to + 1);
  }
  if (masters.size === 0) throw new Error('it tells of no slots');
  return { masters, owners };
}

function listOf(reply: RedisReply | undefined): readonly RedisReply[] {
  return Array.isArray(reply) ? reply : [];
}
