import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, run, scratch } from '../integration/child-service.ts';
import { json, type RunningService, startService } from '../service/running-service.ts';

const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

describe('tiercel trace', () => {
  let running: RunningService;
  const folder = scratch();
  const trace = (...args: string[]): Promise<Finished> => run(['trace', ...args], { TIERCEL_URL: running.url });

  beforeAll(async () => {
    running = await startService();
    await running.ask('/v1/entries/signal/SECRET-0', json('PUT', { value: 1 }));
  });
  afterAll(async () => {
    await running.service.drain();
    folder.remove();
  });

  /** Reads through the service until `ended`, some keys more often than others. */
  async function readUntil<T>(ended: Promise<T>): Promise<T> {
    let isOver = false;
    const over = ended.finally(() => {
      isOver = true;
    });
    for (let at = 0; !isOver; at += 1) {
      const key = `SECRET-${at % 3 === 0 ? at % 20 : 0}`;
      await running.ask(`/v1/entries/signal/${key}`, at % 3 === 0 ? json('PUT', { value: at }) : {});
    }
    return over;
  }

  test.each([
    ['accesses.txt', (file: Buffer) => file],
    ['accesses.txt.gz', gunzipSync],
    ['accesses.txt.zst', zstdDecompressSync],
  ])('records into %s what simulate replays, and no key', async (name, unpacked) => {
    const file = join(folder.path, name);
    const { code, out, err } = await readUntil(trace(file, '--for', '1500ms'));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/has [\d,]+ accesses in [\d.]+ s, \S+ \w+ of lines; replay it with: tiercel simulate /);
    const text = unpacked(readFileSync(file)).toString();
    expect(text).toMatch(/^([\w-]{11},\d+\.\d{6},\d+\n){6,}$/);
    expect(text).not.toMatch(/SECRET|signal/);
    const simulated = await run(['simulate', file, '--sizes', '2,10', '--json']);
    const { requests, unique, results } = JSON.parse(simulated.out);
    expect(requests).toBe(text.split('\n').length - 1);
    expect(unique).toBeLessThanOrEqual(20);
    expect(results.find(({ policy }: { policy: string }) => policy === 'hybrid').hitRatio).toBeGreaterThan(0.3);
    expect((await run(['simulate', file, '--bytes', '--ttl', '60', '--json'])).code).toBe(0);
  });

  test('prints the lines for -, and tells the rest beside them', async () => {
    const { code, out, err } = await readUntil(trace('-', '--for', '1s'));
    expect(code).toBe(0);
    expect(out).toMatch(/^([\w-]{11},\d+\.\d{6},\d+\n)+$/);
    expect(err).toMatch(/^[\d,]+ accesses in /);
  });

  test('leaves a whole file when it is ended by Ctrl-C', async () => {
    const file = join(folder.path, 'early.txt.gz');
    const child = spawn(process.execPath, [MAIN, 'trace', file, '--for', '1h', '--json', '--url', running.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (part) => {
      out += part;
    });
    const ended = once(child, 'close') as Promise<[number]>;
    const begun = (async () => {
      while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      child.kill('SIGINT');
      return ended;
    })();
    const [code] = await readUntil(begun);
    const { accesses, seconds } = JSON.parse(out);
    expect([code, accesses > 0, seconds < 60]).toEqual([0, true, true]);
    const text = gunzipSync(readFileSync(file)).toString();
    expect(text.split('\n')).toHaveLength(accesses + 1);
    expect(text.endsWith('\n')).toBe(true);
  });

  test('says so when there was nothing to record', async () => {
    expect(await trace(join(folder.path, 'empty.txt'), '--for', '1s')).toMatchObject({
      code: 0,
      out: expect.stringContaining('the trace is empty'),
    });
  });

  test('a file that cannot be written is told by its name', async () => {
    const { code, err } = await trace('/nowhere/trace.txt', '--for', '1s');
    expect(code).toBe(2);
    expect(err).toMatch(/^The file "\/nowhere\/trace\.txt" cannot be written: ENOENT/);
  });

  test.each([
    [[], 'Something is missing; write: tiercel trace FILE'],
    [['x', '--for', 'long'], '--for is "long"; write a time from 1s to 1h'],
    [['x', '--for', '2h'], '--for is "2h"'],
    [['-', '--json'], 'leave out --json, or name a file'],
    [['accesses.txt.bz2'], '"accesses.txt.bz2" cannot be packed so; name a file that ends in .gz or .zst, or in neither'],
  ])('refuses %j with 2, and says what to type', async (args, says) => {
    const { code, out, err } = await trace(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(says);
  });

  describe('a recording that breaks off', () => {
    let server: Server;
    afterEach(() => server.close());

    test('ends with 1, and leaves the whole lines that came', async () => {
      server = createServer((_request, response) => {
        response.write('AAAAAAAAAAA,0.100000,100\nBBBBBBBBBBB,0.2');
        setTimeout(() => response.destroy(), 200);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const file = join(folder.path, 'broken.txt');
      const { code, out, err } = await run(['trace', file, '--url', `http://127.0.0.1:${port}`]);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/^The recording broke off after 0\.1 s: .* holds the 1 accesses until then/);
      expect(readFileSync(file, 'utf8')).toBe('AAAAAAAAAAA,0.100000,100\n');
    });

    test('ends with 1, too, when the service ended it in order but early', async () => {
      const stopping = await startService();
      const file = join(folder.path, 'early.txt');
      const recording = run(['trace', file, '--for', '1h'], { TIERCEL_URL: stopping.url });
      while (!existsSync(file)) await stopping.ask('/healthz');
      await stopping.service.drain();
      const { code, out, err } = await recording;
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(
        /^The service ended the recording after \d+\.\d s: it stops; .*early\.txt holds the \d+ accesses until then, and is whole/,
      );
    });
  });
});
