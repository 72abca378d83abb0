import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { helpOf, overview } from '../../src/cli/help.ts';
import { type Finished, run, scratch } from '../integration/child-service.ts';
import { RedisServer } from '../servers/redis-server.ts';
import { type RunningService, ScriptedProvider, startService } from '../service/running-service.ts';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';

describe('every command', () => {
  test('tells its usage, its options and an example, and takes --json', async () => {
    for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
      const command = await load();
      const help = helpOf(command);
      expect(help).toMatch(new RegExp(`^Usage: tiercel ${name}`));
      expect(help).toContain('--json');
      expect(command.examples.length).toBeGreaterThan(0);
      expect(command.examples.every((example) => example.includes(`tiercel ${name}`))).toBe(true);
      expect(overview()).toContain(summary);
    }
  });

  test('has a file of its name', () => {
    const files = readdirSync(join(import.meta.dirname, '../../src/cli'));
    expect(files).toEqual(expect.arrayContaining(Object.keys(COMMANDS).map((name) => `${name}.ts`)));
  });
});

describe('what is typed wrongly ends with 2, and says what to type', () => {
  test.each([
    [[], 'Usage: tiercel COMMAND'],
    [['sevre'], 'There is no command "sevre"; did you mean "serve"?'],
    [['frobnicate'], 'There is no command "frobnicate"; see tiercel --help'],
    [['help', 'stat'], 'did you mean "stats"?'],
    [['serve', '--prot', '1'], 'did you mean "--port"?'],
    [['serve', '--port', 'abc'], '--port is "abc"; write a port from 0 to 65535'],
    [['serve', '--provider', 'yahu'], '--provider is "yahu"; write "replay"'],
    [['get', 'AAPL'], '"AAPL" is no key; write KIND:KEY'],
    [['invalidate'], 'Say what to invalidate by one of --key, --tag and --pattern'],
    [['keys', '*', '--limit', '0'], '--limit is "0"; write a whole number from 1 to 10000'],
    [['stats', '--url', 'nope'], '"nope" is no address of a service'],
  ])('tiercel %j', async (args, says) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
    expect(err).not.toContain('    at ');
  });

  test('a setting of the environment is named as it is known there', async () => {
    const { code, err } = await run(['serve', '--port', '0'], { CACHE_TTL: 'soon' });
    expect({ code, err: err.split(';')[0] }).toEqual({ code: 2, err: 'CACHE_TTL is "soon"' });
  });
});

describe('what is asked for in general ends with 0', () => {
  test.each([[['--help']], [['help']], [['-h']], [['--version']], [['help', 'serve']], [['set', '--help']]])('tiercel %j', async (args) => {
    const { code, out, err } = await run(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/tiercel|^\d+\.\d+\.\d+/);
  });
});

describe('without a service', () => {
  test.each([
    [['stats']],
    [['keys', '*']],
    [['get', 'signal:A']],
    [['set', 'signal:A', '1']],
    [['explain', 'signal:A']],
    [['memory']],
    [['trace', '-']],
    [['invalidate', '--key', 'signal:A']],
  ])('tiercel %j fails with 1, and says how to start one', async (args) => {
    const { code, out, err } = await run([...args, '--url', NOWHERE]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(`No service answers at ${NOWHERE}; start one with: tiercel serve, or name another with --url\n`);
  });
});

describe('against a running service', () => {
  let running: RunningService;
  const ours = (...args: string[]): Promise<Finished> => run(args, { TIERCEL_URL: running.url });
  const json = async (...args: string[]) => {
    const { code, out, err } = await ours(...args, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out);
  };

  beforeAll(async () => {
    // However slow the machine is, what was read is fresh in every test.
    running = await startService({ kinds: { quote: { ttl: '1h' } } }, new ScriptedProvider());
    await running.ask('/v1/quotes?symbols=AAPL,MSFT');
  });
  afterAll(() => running.service.drain());

  test('set, get, keys and invalidate work on the same entry', async () => {
    expect(await ours('set', 'signal:A', '{"side":"buy"}', '--ttl', '10m', '--tag', 'x', '--tag', 'y')).toEqual({
      code: 0,
      out: 'Stored signal:A\n',
      err: '',
    });
    expect(JSON.parse((await ours('get', 'signal:A')).out)).toEqual({ side: 'buy' });
    expect(await json('get', 'signal:A')).toMatchObject({ kind: 'signal', key: 'A', value: { side: 'buy' }, tags: ['x', 'y'] });
    expect((await ours('keys', 'signal:*')).out).toBe('signal:A\n');
    expect((await ours('invalidate', '--tag', 'y')).out).toBe('Invalidated tags y\n');
    expect(await ours('get', 'signal:A')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('There is no entry "signal:A"') });
  });

  test('set takes what is no JSON as text, and get prints text as it is', async () => {
    await json('set', 'analysis:note', 'earnings on Thursday');
    expect((await ours('get', 'analysis:note')).out).toBe('earnings on Thursday\n');
  });

  test('keys lists in order, says when there are more, and says when there are none', async () => {
    expect(await json('keys', 'quote:*')).toEqual({ keys: ['quote:AAPL', 'quote:MSFT'], cursor: null });
    expect(await ours('keys', 'quote:*', '--limit', '1')).toEqual({
      code: 0,
      out: 'quote:AAPL\n',
      err: '… and more; raise --limit above 1 to see them\n',
    });
    expect(await ours('keys', 'nothing')).toEqual({ code: 0, out: '', err: 'No key matches\n' });
  });

  test('stats tells what the service tells, aligned for people and whole for programs', async () => {
    const told = await json('stats');
    expect(told).toMatchObject({ requests: expect.any(Number), kinds: expect.any(Array) });
    const { out } = await ours('stats');
    expect(out).toMatch(/^hit ratio {4}\S/);
    expect(out).toMatch(/^quote +\d+\.\d % +\d/m);
    expect(out).not.toContain('\u001b');
  });

  test('explain tells what a read would do', async () => {
    await running.ask('/v1/quotes?symbols=AAPL');
    const { out } = await ours('explain', 'quote:AAPL');
    expect(out).toMatch(/^quote:AAPL {2}kind quote, namespace main\n {2}memory {2}fresh {2}asked for/);
    expect(await json('explain', 'quote:AAPL')).toMatchObject({ kind: 'quote', argument: 'AAPL' });
  });

  test('invalidate drops by key and by pattern', async () => {
    await json('set', 'signal:P1', '1');
    expect(await json('invalidate', '--key', 'signal:P1', '--key', 'signal:none')).toEqual({ selector: 'keys signal:P1, signal:none' });
    await json('set', 'signal:P1', '1');
    await json('invalidate', '--pattern', 'signal:P*');
    expect((await ours('get', 'signal:P1')).code).toBe(1);
  });

  test('a refusal of the service is told in its words, with 1', async () => {
    expect(await ours('set', 'quote:AAPL', '1')).toMatchObject({ code: 1, err: expect.stringContaining('come from the provider') });
    expect(await ours('get', 'signals:x')).toMatchObject({ code: 1, err: expect.stringContaining('did you mean "signal"?') });
  });

  test('a service that wants a token gets it from TIERCEL_TOKEN', async () => {
    const token = 'a-token-of-24-characters';
    const guarded = await startService({ server: { token } }, new ScriptedProvider());
    expect(await run(['stats'], { TIERCEL_URL: guarded.url })).toMatchObject({ code: 1, err: expect.stringContaining('TIERCEL_TOKEN') });
    expect((await run(['stats', '--json'], { TIERCEL_URL: guarded.url, TIERCEL_TOKEN: token })).code).toBe(0);
    await guarded.service.drain();
  });

  test('doctor finds the service, the data and a store that works', async () => {
    const folder = scratch();
    const { code, out } = await run(['doctor', '--json'], { TIERCEL_URL: running.url }, folder.path);
    const { ok, checks } = JSON.parse(out) as { ok: boolean; checks: { name: string; status: string; detail: string }[] };
    const found = new Map(checks.map((check) => [check.name, check]));
    expect([...found.keys()].sort()).toEqual([
      'access',
      'bus',
      'data',
      'disk',
      'encryption',
      'lmdb',
      'node',
      'port',
      'service',
      'settings',
      'store',
    ]);
    for (const name of ['node', 'settings', 'data', 'store', 'lmdb', 'bus', 'service'])
      expect(found.get(name)).toMatchObject({ status: 'ok' });
    expect(found.get('data')?.detail).toMatch(/^\d+ symbols recorded/);
    expect(found.get('service')?.detail).toContain(running.url);
    expect({ code, ok }).toEqual({ code: checks.some(({ status }) => status === 'fail') ? 1 : 0, ok: code === 0 });
    expect(readdirSync(folder.path)).toEqual([]);
    folder.remove();
  });
});

describe('doctor', () => {
  test('fails with 1 where something must be done, and says what', async () => {
    const folder = scratch();
    const file = folder.write('in-the-way', '');
    const config = folder.write('tiercel.yaml', `replay: { folder: ${folder.path} }\ncache: { store: ${file} }`);
    const { code, out } = await run(['doctor', '--config', config, '--url', NOWHERE]);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail +data +No recorded market data at/m);
    expect(out).toMatch(/^fail +store +.*in-the-way is no folder/m);
    expect(out).toMatch(/^warn +service +No service answers/m);
    expect(out).toMatch(/→ start one with: tiercel serve/);
    folder.remove();
  });

  test('tells the ids of the keys there are, and no key', async () => {
    const folder = scratch();
    const key = randomBytes(32).toString('base64');
    const config = folder.write('tiercel.yaml', 'kinds: { portfolio: { sensitive: true } }\ncache: { store: null }');
    const checked = async (environment: NodeJS.ProcessEnv) =>
      (await run(['doctor', '--config', config, '--url', NOWHERE], environment)).out;
    expect(await checked({ TIERCEL_ENCRYPTION_KEYS: `2:${key},1:${randomBytes(32).toString('hex')}` })).toMatch(
      /^ok +encryption +key 2 writes, 2, 1 read; sensitive: portfolio/m,
    );
    const refused = await checked({ TIERCEL_ENCRYPTION_KEYS: `2:${key},${key}` });
    expect(refused).toMatch(/^fail +settings +TIERCEL_ENCRYPTION_KEYS is of no use; The encryption key at place 2/m);
    expect(refused).not.toContain(key.slice(0, 8));
    expect(await checked({ TIERCEL_ENCRYPTION_KEYS_FILE: folder.write('keys', '') })).toMatch(
      /^fail +encryption +There is no encryption key/m,
    );
    folder.remove();
  });

  test('ends in time beside a Redis that hangs, with 1', async () => {
    const folder = scratch();
    await using redis = await RedisServer.start();
    redis.stop();
    const began = performance.now();
    const { code, out } = await run(['doctor', '--url', NOWHERE], { REDIS_URL: redis.url }, folder.path);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail +redis +127\.0\.0\.1:\d+: no answer within/m);
    expect(out).toMatch(/^fail +bus +redis: no connection/m);
    folder.remove();
  });

  test('tells of an open host without a token, which the service refuses', async () => {
    const folder = scratch();
    const config = folder.write('tiercel.yaml', 'server: { host: 0.0.0.0, port: 0 }\ncache: { store: null }');
    const { code, out } = await run(['doctor', '--config', config, '--url', NOWHERE]);
    expect(code).toBe(1);
    expect(out).toMatch(/^fail +access +Listening on 0\.0\.0\.0 lets others on the network in; set TIERCEL_TOKEN/m);
    const guarded = await run(['doctor', '--config', config, '--url', NOWHERE], { TIERCEL_TOKEN: 'sixteen characters' });
    expect(guarded.out).toMatch(/^ok +access +requests must bear the token/m);
    folder.remove();
  });

  test('tells of settings that cannot be used', async () => {
    const { code, out } = await run(['doctor', '--url', NOWHERE], { CACHE_TTL: 'soon', REDIS_URL: 'redis://127.0.0.1' });
    expect(code).toBe(1);
    expect(out).toMatch(/^fail +settings +CACHE_TTL is "soon"/m);
  });
});
