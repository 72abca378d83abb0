import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NatsServer } from '../servers/nats-server.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { type Answer, ask, json, until } from '../service/running-service.ts';
import { type ChildService, scratch, serveAsSet } from './child-service.ts';

/** What was acknowledged by one service is seen by the others within this. */
const IN_STEP_MS = 1_000;

describe('two services', () => {
  let folder: ReturnType<typeof scratch>;
  let services: ChildService[];
  const servers: AsyncDisposable[] = [];

  beforeEach(() => {
    folder = scratch();
    services = [];
  });
  afterEach(async () => {
    for (const { child } of services) child.kill('SIGKILL');
    await Promise.all(services.map(({ ended }) => ended));
    for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
    folder.remove();
  });

  /** Starts two, and waits until each has heard of the other. */
  async function startTwo(env: NodeJS.ProcessEnv, config = ''): Promise<[ChildService, ChildService]> {
    const file = folder.write('tiercel.yaml', config);
    const start = async (): Promise<ChildService> => {
      const service = await serveAsSet(folder.path, ['--config', file], env);
      services.push(service);
      return service;
    };
    const both = await Promise.all([start(), start()]);
    await until(
      async () => (await Promise.all(both.map(stats))).every(({ bus }) => bus?.state === 'live' && bus.peers === 1),
      'both were in step',
    );
    return both;
  }

  test('on one store, with nothing set, keep in step', async () => {
    const [one, other] = await startTwo({});
    expect((await stats(one)).bus).toMatchObject({ name: 'lmdb', state: 'live', peers: 1 });
    await keepsInStep(one, other);
  });

  test('on one Redis and one NATS keep in step', async () => {
    const [redis, nats] = await Promise.all([redisServer(), natsServer()]);
    const [one, other] = await startTwo({ REDIS_URL: redis.url, NATS_URL: nats.url });
    expect(await stats(one)).toMatchObject({ bus: { name: 'nats', state: 'live' }, tiers: [{ name: 'redis' }] });
    await keepsInStep(one, other);
  });

  test('on one Redis keep in step, go on when it is killed, say so, and heal when it is back', async () => {
    const redis = await redisServer();
    const both = await startTwo({ REDIS_URL: redis.url });
    const [one, other] = both;
    expect(await stats(one)).toMatchObject({ bus: { name: 'redis', state: 'live' }, tiers: [{ name: 'redis' }] });
    await keepsInStep(one, other);

    await redis.kill();
    const health = async ({ url }: ChildService): Promise<Answer> => {
      expect((await ask(`${url}/v1/quotes?symbols=AAPL,MSFT`)).status).toBe(200);
      return ask(`${url}/readyz`);
    };
    const seen = new Set<string>();
    await until(async () => {
      const answers = await Promise.all(both.map(health));
      for (const { status, body } of answers) seen.add(`${status} ${body.status}`);
      return answers.every(({ body }) => body.status === 'suspect' && body.down.includes('redis') && body.reasons.length >= 2);
    }, 'both said that they do without Redis');
    expect([...seen].every((said) => said.startsWith('200 '))).toBe(true);
    expect((await ask(`${one.url}/v1/entries/signal/B`, json('PUT', { value: 'meanwhile' }))).status).toBe(200);
    expect(await value(one, 'B')).toBe('meanwhile');

    await redis.restart();
    await until(async () => (await Promise.all(both.map(health))).every(({ body }) => body.status === 'ok'), 'both were well again');
    await keepsInStep(one, other);
  });

  test('part in peace: who is told to stop is not waited for by the other', async () => {
    const [one, other] = await startTwo({});
    one.child.kill('SIGTERM');
    expect((await one.ended).code).toBe(0);
    expect((await stats(other)).bus).toMatchObject({ state: 'live', peers: 0 });
    expect((await ask(`${other.url}/readyz`)).body).toEqual({ status: 'ok', reasons: [], down: [] });
  });

  async function redisServer(): Promise<RedisServer> {
    const server = await RedisServer.start();
    servers.push(server);
    return server;
  }

  async function natsServer(): Promise<NatsServer> {
    const server = await NatsServer.start();
    servers.push(server);
    return server;
  }
});

/** What one writes, deletes and invalidates, the other sees in time, though it has the older value in memory. */
async function keepsInStep(one: ChildService, other: ChildService): Promise<void> {
  for (let round = 1; round <= 10; round += 1) {
    const [writer, reader] = round % 2 === 0 ? [one, other] : [other, one];
    await ask(`${writer.url}/v1/entries/signal/A`, json('PUT', { value: round, ttl: '10m', tags: ['t'] }));
    await seesInTime(reader, 'A', round);
    expect((await ask(`${reader.url}/v1/explain/signal:A`)).body.tiers[0]).toMatchObject({ tier: 'memory', state: 'fresh' });
  }
  await ask(`${one.url}/v1/entries/signal/A`, { method: 'DELETE' });
  await seesInTime(other, 'A', undefined);
  await ask(`${one.url}/v1/entries/signal/A`, json('PUT', { value: 'tagged', ttl: '10m', tags: ['t'] }));
  await seesInTime(other, 'A', 'tagged');
  await ask(`${other.url}/v1/invalidate`, json('POST', { tag: 't' }));
  await seesInTime(one, 'A', undefined);
}

async function seesInTime(service: ChildService, key: string, expected: unknown): Promise<void> {
  const since = performance.now();
  await until(async () => (await value(service, key)) === expected, `${key} was ${expected}`);
  expect(performance.now() - since).toBeLessThan(IN_STEP_MS);
}

async function value(service: ChildService, key: string): Promise<unknown> {
  return ((await ask(`${service.url}/v1/entries/signal/${key}`)) as Answer).body.value;
}

async function stats(service: ChildService): Promise<Answer['body']> {
  return (await ask(`${service.url}/v1/stats`)).body;
}
