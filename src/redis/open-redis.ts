import { ClusterConnection } from './cluster-connection.ts';
import { keySlot } from './key-slot.ts';
import { NodeConnection } from './node-connection.ts';
import type { RedisConnection, RedisListener } from './redis-connection.ts';
import type { RedisSetting } from './redis-options.ts';
import { assertMaster, locateMaster } from './sentinel.ts';
import { SlotOwner } from './slot-owner.ts';

/** A connection whose answers are short is dead without one for so long. */
const PATIENCE_MS = 3_000;

/**
 * Begins to connect to Redis, and hands out the connection at once.
 *
 * @param patienceMs how long an answer, or a command that blocks, may take; a connection without a sign of life for longer is dead. @default 3_000
 */
export function openRedis(setting: RedisSetting, listener: RedisListener, patienceMs: number = PATIENCE_MS): RedisConnection {
  const { target } = setting;
  if (target.kind === 'cluster') return new ClusterConnection(target.nodes, setting, listener, patienceMs);
  return openNode('', setting, listener, patienceMs);
}

/**
 * Begins to connect to the one server that has `key`, and hands out the connection at once.
 *
 * In a cluster it stays with the master of the key's slot, wherever that moves;
 * the other masters may come and go.
 *
 * @param patienceMs as for {@link openRedis}. @default PATIENCE_MS
 */
export function openNode(key: string, setting: RedisSetting, listener: RedisListener, patienceMs: number = PATIENCE_MS): NodeConnection {
  const { target, access, connectMs, clock, random } = setting;
  const link = { access, connectMs, clock, random, patienceMs, listener };
  if (target.kind === 'server') return new NodeConnection({ ...link, locate: async () => target.address }, false);
  if (target.kind === 'sentinel') {
    return new NodeConnection({ ...link, locate: () => locateMaster(target, setting), examine: assertMaster }, true);
  }
  const owner = new SlotOwner(keySlot(key), setting, target.nodes);
  return new NodeConnection({ ...link, locate: () => owner.locate() }, true);
}
