import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyRingOf } from '../../src/config/encryption.ts';
import { type LoadedSettings, loadSettings } from '../../src/config/load-settings.ts';
import { ConfigError } from '../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'tiercel-config-'));

/** The settings of a file with this text, in this environment, under these options. */
function load(text?: string, environment: NodeJS.ProcessEnv = {}, options: Record<string, unknown> = {}): LoadedSettings {
  const file = text === undefined ? undefined : join(folder, 'tiercel.yaml');
  if (file !== undefined) writeFileSync(file, text ?? '');
  return loadSettings({
    file,
    environment,
    options: new Map(Object.entries(options).map(([path, value]) => [path, { name: `--${path.split('.').at(-1)}`, value }])),
  });
}

function refusal(text?: string, environment?: NodeJS.ProcessEnv, options?: Record<string, unknown>): string {
  try {
    load(text, environment, options);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('The settings were taken');
}

describe('loadSettings', () => {
  test('needs nothing: every setting has a default', () => {
    const { settings, warnings, file } = load();
    expect(settings).toEqual({
      server: { host: '127.0.0.1', port: 8083, allowedHosts: [], drainTimeout: '10s', maxLiveClients: 32 },
      cache: {
        enabled: true,
        namespace: 'main',
        ttl: '1h',
        memory: {
          maxEntries: 100_000,
          maxMegabytes: 256,
          policy: 'hybrid',
          protect: [],
          pressure: true,
          maxProtectedShare: 0.5,
          admission: 'frequency',
          sampling: true,
        },
        store: '.tiercel',
      },
      bus: 'auto',
      coherence: { heartbeat: '500ms', suspectTtl: '2s', forgetAfter: '30s' },
      kinds: {},
      encryption: {},
      provider: 'replay',
      replay: { speed: 1, latency: '40ms' },
      demo: false,
    });
    expect(warnings).toEqual([]);
    expect(file).toBeUndefined();
  });

  test('reads YAML, and JSON, which is YAML', () => {
    expect(load('server:\n  port: 9000\nkinds:\n  quote: { ttl: 2s, grace: 30s }\n  mood: { ttl: 1h }\n').settings).toMatchObject({
      server: { port: 9000, host: '127.0.0.1' },
      kinds: { quote: { ttl: '2s', grace: '30s' }, mood: { ttl: '1h' } },
    });
    expect(load('{"cache":{"store":null,"memory":{"maxEntries":5}}}').settings.cache).toMatchObject({
      store: null,
      memory: { maxEntries: 5, maxMegabytes: 256, policy: 'hybrid' },
    });
    expect(load('').settings.server.port).toBe(8083);
  });

  test('reads the example, which tells every setting with its default', () => {
    const { settings } = loadSettings({
      file: join(import.meta.dirname, '../../examples/tiercel.yaml'),
      environment: {},
      options: new Map(),
    });
    const { kinds, ...rest } = settings;
    const { kinds: _, ...defaults } = load().settings;
    expect(rest).toEqual(defaults);
    expect(Object.keys(kinds)).toEqual(['quote', 'bars', 'performance', 'backtest']);
  });

  test('takes options before the environment before the file', () => {
    const text = 'server: { port: 1, host: file.example }\nkinds: { quote: { ttl: 1s, grace: 9s } }\ncache: { ttl: 1m }';
    const { settings } = load(text, { CACHE_TTL_PRICE: '2s', CACHE_TTL: '2m' }, { 'server.port': 3 });
    expect(settings.server).toMatchObject({ port: 3, host: 'file.example' });
    expect(settings.kinds['quote']).toEqual({ ttl: '2s', grace: '9s' });
    expect(settings.cache.ttl).toBe('2m');
  });

  test('reads every variable it knows', () => {
    const environment = {
      CACHE_ENABLED: 'false',
      CACHE_TTL: '90000',
      CACHE_MAX_SIZE: '500',
      CACHE_MAX_MEMORY_MB: '64',
      CACHE_POLICY: 'lru',
      CACHE_PROTECT: 'quote:SPY, position:*',
      CACHE_PRESSURE: 'false',
      CACHE_TTL_PRICE: '500ms',
      TIERCEL_TOKEN: 'a-token-of-16-chars',
      REDIS_URL: 'redis://cache:6379/1',
      TIERCEL_REDIS_PASSWORD: '0123',
      NATS_URL: 'nats://a,nats://b',
      TIERCEL_NATS_TOKEN: 'a-token',
    };
    const { settings, warnings } = load(undefined, environment);
    expect(settings.cache).toMatchObject({
      enabled: false,
      ttl: 90_000,
      memory: { maxEntries: 500, maxMegabytes: 64, policy: 'lru', protect: ['quote:SPY', 'position:*'], pressure: false },
    });
    expect(settings.kinds['quote']).toEqual({ ttl: '500ms' });
    expect(settings.server.token).toBe('a-token-of-16-chars');
    expect(settings.redis).toEqual({ url: 'redis://cache:6379/1', password: '0123' });
    expect(settings.nats).toEqual({ servers: 'nats://a,nats://b', token: 'a-token' });
    expect(warnings).toEqual([]);
  });

  test('passes over what is set empty, and over what is not ours', () => {
    expect(load(undefined, { CACHE_TTL: '', PATH: '/bin', TIERCEL_URL: 'http://127.0.0.1:1' })).toMatchObject({
      settings: { cache: { ttl: '1h' } },
      warnings: [],
    });
  });

  test.each([
    ['server: { port: 99999 }', 'server.port is 99999; write a port from 0 to 65535'],
    ['server: { prot: 1 }', 'server.prot is no setting; did you mean "port"?'],
    ['cashe: {}', 'cashe is no setting; did you mean "cache"?'],
    [
      'wholly: {}',
      'wholly is no setting; there are: server, cache, redis, nats, bus, coherence, kinds, encryption, provider, replay, demo',
    ],
    ['server: 3', 'server is 3; write a group of settings'],
    [
      'server: { token: short }',
      'server.token is too short or no text; write text of 16 characters or more, such as `openssl rand -base64 24` prints',
    ],
    ['cache: { namespace: a b }', 'cache.namespace is "a b"; use letters'],
    ['kinds: { quote: { ttl: 5 parsecs } }', 'kinds.quote.ttl is "5 parsecs"; write milliseconds, or text such as \'500ms\''],
    ['kinds: { quote: { tll: 5s } }', 'kinds.quote.tll is no setting; did you mean "ttl"?'],
    ['kinds: { "a b": {} }', 'for the name of a kind'],
    ['cache: { memory: { policy: mru } }', 'cache.memory.policy is "mru"'],
    ['cache: { memory: { protect: quote:SPY } }', 'cache.memory.protect is "quote:SPY"; write a list of keys and patterns'],
    ['cache: { memory: { protect: ["*a*a*a*a*a*a*a*a*a"] } }', 'of 256 characters and 8 stars at most'],
    ['cache: { memory: { pressure: high } }', 'cache.memory.pressure is "high"; write true, false, or a group such as { from: 0.85'],
    ['cache: { memory: { pressure: { from: 0.5, until: 0.7 } } }', 'with until below from'],
    ['cache: { memory: { pressure: { from: 85, until: 0.7 } } }', 'cache.memory.pressure.from is 85; write a share from 0 to 1'],
    ['cache: { memory: { shares: even } }', 'cache.memory.shares is "even"; write one of auto'],
    ['cache: { memory: { admission: bytes } }', 'cache.memory.admission is "bytes"; write one of frequency, frequency-per-byte'],
    ['cache: { memory: { shares: auto, sampling: false } }', 'cache.memory.sampling is false; leave it out: shares: auto needs it'],
    ['cache: { memory: { maxProtectedShare: 50 } }', 'cache.memory.maxProtectedShare is 50; write a share from 0 to 1'],
    ['kinds: { bars: { share: { min: 0.5, max: 0.2 } } }', 'write a max above 0 and not below min'],
    ['kinds: { bars: { share: { mix: 0.5 } } }', 'kinds.bars.share.mix is no setting; did you mean "min"?'],
    ['kinds: { bars: { share: { min: 0.8 } }, quote: { share: { min: 0.4 } } }', 'share.min add up to 1.2'],
    ['provider: binance', 'provider is "binance"; write "replay"'],
    ['replay: { speed: 0 }', 'replay.speed is 0; write a number above 0'],
    ['__proto__: { x: 1 }', 'holds "__proto__", which is no setting'],
    ['kinds: { __proto__: { ttl: 1s } }', 'holds "__proto__", which is no setting'],
  ])('refuses %s', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test('names a setting as whoever set it knows it, and tells all that is wrong at once', () => {
    const message = refusal('demo: 7', { CACHE_TTL: '-5', CACHE_MAX_SIZE: 'many' }, { 'server.port': 'abc' });
    expect(message.split('\n')).toEqual([
      expect.stringContaining('--port is "abc"; write a port'),
      expect.stringContaining('CACHE_TTL is "-5"; write milliseconds'),
      expect.stringContaining('CACHE_MAX_SIZE is "many"; write a whole number'),
      expect.stringContaining('demo is 7; write true or false'),
    ]);
  });

  test('never tells a token', () => {
    expect(refusal(undefined, { TIERCEL_TOKEN: 'hunter2' })).not.toContain('hunter2');
  });

  test('refuses a file that is missing, is no YAML, sets a name twice or holds a list', () => {
    expect(() => loadSettings({ file: join(folder, 'none.yaml'), environment: {}, options: new Map() })).toThrow(
      /none.yaml cannot be read/,
    );
    expect(refusal('server: [')).toContain('is not YAML');
    expect(refusal('demo: true\ndemo: false')).toContain('Map keys must be unique');
    expect(refusal('- 1')).toContain('is no group of settings');
    expect(refusal('demo: !!js/function "x"')).toContain('is not YAML');
  });

  test.each(['CACHE_TTL_FUNDAMENTALS', 'CACHE_TTL_NEWS', 'CACHE_WARMING_ENABLED', 'CACHE_BATCH_SIZE', 'CACHE_LOW_LOAD_HOURS'])(
    'warns of %s, which only a later release heeds',
    (name) => {
      expect(load(undefined, { [name]: 'x' }).warnings).toEqual([expect.stringContaining(`${name} is set, and has no effect`)]);
    },
  );

  test('warns of a CACHE_ variable that it does not know, which may be of another program', () => {
    expect(load(undefined, { CACHE_TTTL: '1s' }).warnings).toEqual([expect.stringContaining('did you mean CACHE_TTL?')]);
  });

  test('refuses a TIERCEL_ variable that it does not know', () => {
    expect(refusal(undefined, { TIERCEL_TOKN: 'x' })).toContain('did you mean TIERCEL_TOKEN?');
  });

  test('takes keys that can be used, and never tells them', () => {
    const key = randomBytes(32).toString('base64');
    expect(load(undefined, { TIERCEL_ENCRYPTION_KEYS: `1:${key}` }).settings.encryption).toEqual({ keys: `1:${key}` });
    expect(load('kinds: { portfolio: { sensitive: true } }').settings.kinds['portfolio']).toEqual({ sensitive: true });
    for (const keys of [`k1:${key}`, key, `1:${key.slice(4)}`, `1:${key},1:${key}`, `1:${key}, ${key}`]) {
      const told = refusal(undefined, { TIERCEL_ENCRYPTION_KEYS: keys });
      expect(told).toMatch(/^TIERCEL_ENCRYPTION_KEYS is of no use; /);
      expect(told).not.toContain(key.slice(4, 12));
      expect(refusal(`encryption: { keys: [${JSON.stringify(keys)}] }`)).not.toContain(key.slice(4, 12));
      expect(refusal(`encryption: { keys: ${JSON.stringify(keys)} ${key} }`)).not.toContain(key.slice(4, 12));
      expect(refusal(`encryption: { keys: "${keys} }`)).not.toContain(key.slice(4, 12));
    }
  });

  test('tells where a file is no YAML, not what stands there', () => {
    expect(refusal('server: { token: hunter2hunter2hunter2 hunter2 ]')).toMatch(/is not YAML: [^:]+, at line 1, column \d+$/);
  });
});

test('keys in the environment win over those in the file, whichever way each is written', () => {
  const [key, file] = [`1:${randomBytes(32).toString('base64')}`, '/run/keys'];
  const keysIn = (text: string, environment: NodeJS.ProcessEnv) => load(text, environment).settings.encryption;
  expect(keysIn(`encryption: { keysFile: ${file} }`, { TIERCEL_ENCRYPTION_KEYS: key })).toEqual({ keys: key });
  expect(keysIn(`encryption: { keys: "${key}" }`, { TIERCEL_ENCRYPTION_KEYS_FILE: file })).toEqual({ keysFile: file });
  expect(keysIn(`encryption: { keysFile: ${file} }`, {})).toEqual({ keysFile: file });
  const both = load('', { TIERCEL_ENCRYPTION_KEYS: key, TIERCEL_ENCRYPTION_KEYS_FILE: file }).settings;
  expect(() => keyRingOf(both)).toThrow('set as text and as a file; leave one of encryption.keys and encryption.keysFile');
});
