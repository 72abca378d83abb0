import { ClusterConnection } from './cluster-connection.ts';
import { NodeConnection } from './node-connection.ts';
import type { RedisConnection, RedisListener } from './redis-connection.ts';
import type { RedisSetting } from './redis-options.ts';
import { assertMaster, locateMaster } from './sentinel.ts';

/** A connection whose answers are short is dead without one for so long. */
const PATIENCE_MS = 3_000;

/**
 * Begins to connect to Redis, and hands out the connection at once.
 *
 * @param patienceMs how long an answer, or a command that blocks, may take; a connection without a sign of life for longer is dead. @default 3_000
 */
export function openRedis(setting: RedisSetting, listener: RedisListener, patienceMs: number = PATIENCE_MS): RedisConnection {
  const { target, access, connectMs, clock, random } = setting;
  const link = { access, connectMs, clock, random, patienceMs, listener };
  if (target.kind === 'cluster') return new ClusterConnection(target.nodes, setting, listener, patienceMs);
  if (target.kind === 'server') return new NodeConnection({ ...link, locate: async () => target.address }, false);
  return new NodeConnection({ ...link, locate: () => locateMaster(target, setting), examine: assertMaster }, true);
}
