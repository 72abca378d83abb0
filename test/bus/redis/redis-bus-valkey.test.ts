import { afterAll, beforeAll, describe, test } from 'vitest';
import { describeBus } from '../../../src/testing/bus-suite.ts';
import type { RedisServer } from '../../servers/redis-server.ts';
import { type ValkeyServer, valkeys } from '../../servers/valkey-server.ts';
import { subjectOn } from './suite-subject.ts';

describe.each(valkeys)('on %s', (name, start) => {
  let server: ValkeyServer | RedisServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const outage = { canHappen: true, begin: () => server.kill(), end: () => server.restart() } as const;
  describeBus(`redisBus on ${name}`, () => subjectOn(server, { url: server.url }, outage), { describe, test });
});
