import { describe, test } from 'vitest';
import type { BusSubject } from '../../../src/testing/bus-subject.ts';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import { RedisServer } from '../../servers/redis-server.ts';
import { subjectOn } from './suite-subject.ts';

/** A server of its own for each test, since some kill it, and beats are looked for five times a second: so tests wait side by side. */
async function subject(): Promise<BusSubject> {
  const server = await RedisServer.start();
  const outage = { canHappen: true, begin: () => server.kill(), end: () => server.restart() } as const;
  return { ...subjectOn(server, { url: server.url }, outage), close: () => server[Symbol.asyncDispose]() };
}

describeBus('redisBus', subject, { describe: describe.concurrent, test: test.concurrent });
