import { get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { KindCache } from '../../src/cache/kind-cache.ts';
import { json, type RunningService, startService, until } from './running-service.ts';

interface Recorded {
  readonly response: IncomingMessage;
  text(): string;
  /** How the transfer ended: whole or not. */
  readonly ended: Promise<boolean>;
  leave(): void;
}

describe('GET /v1/trace', () => {
  let running: RunningService;
  afterEach(() => running.service.drain());

  /** Begins a recording. Rejects when it is refused. */
  function record(query: string, isRead = true): Promise<Recorded> {
    return new Promise((resolve, reject) => {
      const asked = get(`${running.url}/v1/trace${query}`, { agent: false }, (response) => {
        if (response.statusCode !== 200) {
          response.resume();
          reject(new Error(`refused with ${response.statusCode}`));
          return;
        }
        let text = '';
        if (isRead) {
          response.on('data', (part) => {
            text += part;
          });
        }
        response.on('error', () => undefined);
        const ended = new Promise<boolean>((end) => response.on('close', () => end(response.complete)));
        resolve({ response, text: () => text, ended, leave: () => asked.destroy() });
      });
      asked.on('error', reject);
    });
  }

  test('tells each access by a hashed key, its time and its size, and ends by itself', async () => {
    running = await startService();
    const recorded = await record('?seconds=1');
    await running.ask('/v1/entries/signal/SECRET-KEY', json('PUT', { value: 1 }));
    await running.ask('/v1/entries/signal/SECRET-KEY');
    await running.ask('/v1/entries/analysis/SECRET-KEY', json('PUT', { value: 1 }));
    await running.ask('/v1/entries/signal/absent');
    expect(await recorded.ended).toBe(true);
    const lines = recorded
      .text()
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^[\w-]{11},\d+\.\d{6},\d+$/);
    const [put, read, other] = lines.map((line) => line.split(','));
    expect(read?.[0]).toBe(put?.[0]);
    expect(other?.[0]).not.toBe(put?.[0]);
    expect(Number(put?.[1])).toBeGreaterThan(0);
    expect(Number(read?.[1])).toBeGreaterThan(Number(put?.[1]));
    expect(Number(other?.[1])).toBeLessThan(1.2);
    expect(recorded.text()).not.toMatch(/SECRET|signal/);
  });

  test('hashes keys anew in each recording', async () => {
    running = await startService();
    const both = await Promise.all([record('?seconds=1'), record('?seconds=1')]);
    await running.ask('/v1/entries/signal/A', json('PUT', { value: 1 }));
    await Promise.all(both.map(({ ended }) => ended));
    const [first, second] = both.map((one) => /[\w-]{11}/.exec(one.text())?.[0]);
    expect(first).toBeDefined();
    expect(second).not.toBe(first);
  });

  test('leaves no follower behind when its reader goes away, and has room again', async () => {
    running = await startService();
    const follows = countFollowers(running);
    const all = await Promise.all(Array.from({ length: 4 }, () => record('?seconds=600')));
    expect(follows()).toBe(4);
    const refused = await running.ask('/v1/trace');
    expect(refused).toMatchObject({ status: 503, body: { code: 'ERR_BUSY', detail: expect.stringContaining('wait until one has ended') } });
    for (const { leave } of all) leave();
    await until(() => follows() === 0, 'all had left');
    const again = await record('?seconds=600');
    expect(follows()).toBe(1);
    again.leave();
    await until(() => follows() === 0, 'it had left');
  });

  test('breaks off for a reader that does not keep up, so that it notices', async () => {
    running = await startService();
    const signal = running.assembly.cache.kinds.get('signal') as KindCache<string, unknown> | undefined;
    if (!signal) throw new Error('There is no signal');
    const follows = countFollowers(running);
    const slow = await record('?seconds=600', false);
    await signal.set('A', 1);
    await until(() => {
      for (let at = 0; at < 20_000; at += 1) signal.peek('A');
      return follows() === 0;
    }, 'it was broken off');
    slow.response.resume();
    expect(await slow.ended).toBe(false);
  });

  test('ends whole when the service stops, which does not wait for it', async () => {
    running = await startService({ server: { drainTimeout: '30s' } });
    const [read, unread] = await Promise.all([record('?seconds=600'), record('?seconds=600', false)]);
    await running.ask('/v1/entries/signal/A', json('PUT', { value: 1 }));
    const beganAt = performance.now();
    expect(await running.service.drain()).toBe(true);
    expect(performance.now() - beganAt).toBeLessThan(5_000);
    expect(await read.ended).toBe(true);
    expect(read.text()).toMatch(/^\n[\w-]{11},/);
    unread.leave();
  });

  test.each(['?seconds=0', '?seconds=3601', '?seconds=soon', '?for=60'])('refuses %s', async (query) => {
    running = await startService();
    expect((await running.ask(`/v1/trace${query}`)).status).toBe(400);
  });

  test('is begun by no HEAD', async () => {
    running = await startService();
    expect((await running.ask('/v1/trace', { method: 'HEAD' })).status).toBe(404);
  });

  test('wants the token', async () => {
    running = await startService({ server: { token: 'a-token-of-24-characters' } });
    expect((await running.ask('/v1/trace?seconds=1')).status).toBe(401);
  });
});

/** Counts who follows the memory of a service from now on. */
function countFollowers({ assembly: { cache } }: RunningService): () => number {
  const there = new Set<object>();
  const follow = cache.memory.follow.bind(cache.memory);
  cache.memory.follow = (listener) => {
    const stop = follow(listener);
    there.add(listener);
    return () => {
      there.delete(listener);
      stop();
    };
  };
  return () => there.size;
}
