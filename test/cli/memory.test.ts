import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, run } from '../integration/child-service.ts';
import { json as asJson, type RunningService, startService } from '../service/running-service.ts';

describe('tiercel memory', () => {
  let running: RunningService;
  const ours = (...args: string[]): Promise<Finished> => run(args, { TIERCEL_URL: running.url });

  beforeAll(async () => {
    running = await startService({
      cache: { memory: { maxEntries: 20, policy: 'fifo' } },
      kinds: { bars: { share: { min: 0, max: 0.4 } } },
    });
    for (let at = 1; at <= 32; at += 1) await running.ask(`/v1/entries/signal/K${at}`, asJson('PUT', { value: at }));
  });
  afterAll(() => running.service.drain());

  test('tells how full it is, why entries left by kind, and the last that left', async () => {
    const { code, out, err } = await ours('memory', '--limit', '2');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^entries +20 +of 20 +100\.0 %\nbytes +[\d.]+ KB +of 256 MB .*\npolicy +fifo\nshare of bars +0\.0 % +from 0\.0 % +to 40\.0 %\n/,
    );
    expect(out).toMatch(/^kind +entries +left +oldest +for entries +mean age\nquote +0 +0 +0 +0 +–$/m);
    expect(out).toMatch(/^signal +20 +12 +12 +12 +\d/m);
    expect(out.split('\n').slice(-3)).toEqual([
      expect.stringMatching(/ago +signal:K12 +it had come first +too many entries +fifo +\S+ \S+ +\d+ B$/),
      expect.stringMatching(/ago +signal:K11 /),
      '',
    ]);
  });

  test('explain tells when and why a key left, and when nothing is known of that', async () => {
    expect((await ours('explain', 'signal:K1')).out).toMatch(
      /\nleft memory \S+ \S+ ago under fifo: it had come first; too many entries\n$/,
    );
    expect((await ours('explain', 'signal:K32')).out).toContain('it is not known to have left memory');
  });

  test('changes bounds and policy while the service is in use, and tells how it is then', async () => {
    const { code, out } = await ours('memory', '--policy', 'lru', '--max-entries', '15', '--max-bytes', '2MB', '--limit', '0', '--json');
    expect(code).toBe(0);
    const { usage, evictions } = JSON.parse(out);
    expect(usage).toMatchObject({ entries: 15, maxEntries: 15, maxBytes: 2 * 1_024 ** 2, policy: 'lru' });
    expect(evictions).toEqual([]);
    expect((await ours('memory')).out).toMatch(/^policy +lru$/m);
  });

  test.each([
    [['--policy', 'hybird'], 'There is no policy "hybird"; did you mean "hybrid"?'],
    [['--max-entries', '0'], '--max-entries is "0"; write a whole number from 1 to 50000000'],
    [['--max-entries', '1e3'], '--max-entries is "1e3"'],
    [['--max-bytes', 'much'], '--max-bytes is "much"; write bytes above 0, or text such as 64kb, 512mb, 2gb'],
    [['--max-bytes', '0'], '--max-bytes is "0"'],
    [['--limit', '257'], '--limit is "257"; write a whole number from 0 to 256'],
  ])('refuses %j with 2, and says what to type', async (args, says) => {
    const { code, out, err } = await ours('memory', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });
});
