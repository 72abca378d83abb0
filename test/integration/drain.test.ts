import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../service/running-service.ts';
import { run, scratch, serve } from './child-service.ts';

describe('a service that is told to stop', () => {
  let folder: ReturnType<typeof scratch>;
  beforeEach(() => {
    folder = scratch();
  });
  afterEach(() => folder.remove());

  test('loses no request under load, and ends with 0', async () => {
    const { url, child, ended } = await serve(folder.path);
    const agent = new Agent({ keepAlive: true });
    const outcomes = { answered: 0, refused: 0, lost: [] as string[] };
    const worker = async (): Promise<void> => {
      for (;;) {
        try {
          const { status } = await ask(`${url}/v1/quotes?symbols=AAPL,MSFT,BTC-USD`, agent);
          if (status === 200) outcomes.answered += 1;
          else outcomes.lost.push(`status ${status}`);
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code !== 'ECONNREFUSED') outcomes.lost.push(String(code));
          else outcomes.refused += 1;
          return;
        }
      }
    };
    const workers = Array.from({ length: 16 }, worker);
    await until(() => outcomes.answered > 200, 'the load was on');
    const before = outcomes.answered;
    child.kill('SIGTERM');
    await Promise.all(workers);
    expect(outcomes.lost).toEqual([]);
    expect(outcomes.refused).toBe(16);
    expect(outcomes.answered).toBeGreaterThan(before);
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toContain('{"event":"stopped","hasEnded":true}');
    agent.destroy();
  });

  test('answers what was asked before, takes nothing new, and says that it is not ready', async () => {
    const config = folder.write('slow.yaml', 'replay: { latency: 700ms }');
    const { url, child, ended } = await serve(folder.path, ['--config', config]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await ask(`${url}/readyz`, agent)).status).toBe(200);
    const slow = ask(`${url}/v1/quotes?symbols=AAPL`);
    await until(async () => JSON.parse((await ask(`${url}/v1/stats`, agent)).body).provider.calls === 1, 'the slow request was under way');
    child.kill('SIGINT');
    await until(async () => {
      const { status, body } = await ask(`${url}/readyz`, agent);
      return status === 503 && JSON.parse(body).status === 'draining';
    }, 'it said so');
    await expect(ask(`${url}/livez`)).rejects.toThrow(/ECONNREFUSED/);
    expect((await slow).status).toBe(200);
    expect((await ended).code).toBe(0);
    agent.destroy();
  });

  test('cuts off what does not end in time, and says so with 1', async () => {
    const config = folder.write('slow.yaml', 'replay: { latency: 4s }\nserver: { drainTimeout: 100ms }');
    const { url, child, ended } = await serve(folder.path, ['--config', config]);
    const slow = ask(`${url}/v1/quotes?symbols=AAPL`);
    const cut = expect(slow).rejects.toThrow(/hang up|ECONNRESET/);
    await until(async () => JSON.parse((await ask(`${url}/v1/stats`)).body).provider.calls === 1, 'the slow request was under way');
    child.kill('SIGTERM');
    await cut;
    expect((await ended).code).toBe(1);
  });

  test('ends at once with 1 when it is told twice', async () => {
    const config = folder.write('slow.yaml', 'replay: { latency: 4s }');
    const { url, child, ended } = await serve(folder.path, ['--config', config]);
    const slow = ask(`${url}/v1/quotes?symbols=AAPL`).catch(() => undefined);
    await until(async () => JSON.parse((await ask(`${url}/v1/stats`)).body).provider.calls === 1, 'the slow request was under way');
    child.kill('SIGTERM');
    await until(
      () =>
        ask(`${url}/livez`).then(
          () => false,
          () => true,
        ),
      'it had begun to stop',
    );
    child.kill('SIGTERM');
    expect((await ended).code).toBe(1);
    await slow;
  });

  test('the demo stops with it', async () => {
    const { url, child, ended } = await serve(folder.path, ['--demo']);
    await until(async () => JSON.parse((await ask(`${url}/v1/stats`)).body).requests > 20, 'the bot read');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});

describe('a service that cannot start', () => {
  test('says that its port is taken, and ends with 1', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const folder = scratch();
    const { code, err } = await run(['serve', '--port', String(port), '--data', `${folder.path}/store`]);
    expect({ code, err }).toEqual({
      code: 1,
      err: `Port ${port} on 127.0.0.1 is taken; stop what listens there, or take another with --port\n`,
    });
    taken.close();
    folder.remove();
  });

  test('will not be open to the network without a token, and ends with 2', async () => {
    const folder = scratch();
    const { code, err } = await run(['serve', '--host', '0.0.0.0', '--port', '0', '--data', `${folder.path}/store`]);
    expect(code).toBe(2);
    expect(err).toContain('set TIERCEL_TOKEN');
    folder.remove();
  });
});

function ask(url: string, agent: Agent | false = false): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    }).on('error', reject);
  });
}
