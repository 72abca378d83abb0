import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import type { Clock } from '../time/clock.ts';

/** How often it is looked whether the last connection has ended. */
const LOOK_MS = 20;

/**
 * Stops to take connections, and waits until those there are have ended.
 *
 * `server.close()` would at once cut connections that are idle, and with them
 * the requests that are on their way on one; so only the listening ends first.
 * Whoever asks meanwhile is answered, and told by `Connection: close` to ask
 * elsewhere next.
 *
 * @returns whether all ended by themselves before the deadline.
 */
export async function endConnections(server: Server, clock: Clock, idleMs: number, deadlineMs: number): Promise<boolean> {
  TcpServer.prototype.close.call(server);
  const begunAt = clock.monotonic();
  while ((await countOf(server)) > 0) {
    const waitedMs = clock.monotonic() - begunAt;
    if (waitedMs >= deadlineMs) return false;
    if (waitedMs >= idleMs) server.closeIdleConnections();
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve, true));
  }
  return true;
}

function countOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)));
}
