import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run, scratch } from '../integration/child-service.ts';

const TRACE = join(import.meta.dirname, '../fixtures/traces/lirs-loop.txt.gz');
const folder = scratch();
afterAll(() => folder.remove());

describe('tiercel simulate', () => {
  test('tells as JSON what each policy would answer', async () => {
    const { code, out } = await run(['simulate', TRACE, '--sizes', '512,100', '--policies', 'lru,s3-fifo,belady', '--json']);
    const { results, ...about } = JSON.parse(out);
    expect([code, about]).toEqual([0, { trace: 'lirs-loop.txt.gz', requests: 505_500, unique: 1_011 }]);
    expect(results.map(({ policy, size }: { policy: string; size: number }) => `${policy} ${size}`)).toEqual([
      'lru 512',
      'lru 100',
      's3-fifo 512',
      's3-fifo 100',
      'belady 512',
      'belady 100',
    ]);
    expect(results[0].hitRatio).toBe(0);
    expect(results[4].hitRatio).toBeCloseTo(0.5054, 4);
  });

  test('takes sizes in hundredths, prints lines, and draws a picture', async () => {
    const svg = join(folder.path, 'curves.svg');
    const { code, out } = await run(['simulate', TRACE, '--sizes', '10%,50%', '--policies', 'fifo', '--csv', '--svg', svg]);
    expect([code, out]).toEqual([0, 'policy,size,hitRatio\nfifo,101,0\nfifo,506,0\n']);
    expect(existsSync(svg) && readFileSync(svg, 'utf8')).toContain('<polyline');
  });

  test('prints a table for people, without the optimum where entries are not counted', async () => {
    const path = folder.write('small.txt', Array.from({ length: 200 }, (_, at) => `k${at % 7},${at},${10 + (at % 7)}`).join('\n'));
    const { code, out } = await run(['simulate', path, '--bytes', '--sizes', '50,100', '--ttl', '60']);
    expect(code).toBe(0);
    expect(out).toContain('small.txt: 200 requests for 7 keys');
    expect(out).toMatch(/hybrid +\d/);
    expect(out).not.toContain('belady');
  });

  test.each([
    [[], 'Something is missing; write: tiercel simulate TRACE'],
    [['/nowhere'], 'The trace "/nowhere" cannot be read: ENOENT'],
    [[TRACE, '--sizes', '0'], '--sizes has "0"; write whole numbers from 1 up'],
    [[TRACE, '--sizes', '10,x'], '--sizes has "x"'],
    [[TRACE, '--policies', 'mru'], 'There is no policy "mru"; there are hybrid, s3-fifo'],
    [[TRACE, '--policies', 'belady', '--ttl', '5'], 'belady counts entries that never die'],
    [[TRACE, '--ttl', 'soon'], '--ttl is "soon"; write a number of seconds above 0'],
    [[TRACE, '--ttl', '5'], 'tells no times; leave out --ttl'],
    [[TRACE, '--bytes'], 'tells no sizes; leave out --bytes'],
  ])('refuses %j, and says what to write', async (args, says) => {
    const { code, out, err } = await run(['simulate', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
    expect(err).not.toContain('    at ');
  });
});
