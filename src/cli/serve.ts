import { assemble } from '../config/assemble.ts';
import { busNameOf } from '../config/bus-choice.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { ErrorReport } from '../service/errors-to-problems.ts';
import { Service } from '../service/service.ts';
import { VERSION } from '../service/version.ts';
import type { Call, Command, ExitCode } from './command.ts';
import { columns } from './table.ts';
import { complain, print, tone } from './terminal.ts';

/** `tiercel serve` */
export const serve: Command = {
  usage: 'serve [--config FILE] [--port PORT] [--demo] [OPTIONS]',
  help: 'Runs the service: quotes, bars and entries over HTTP, with a live page at /. Services on one store folder keep in step; so do those with one REDIS_URL or NATS_URL. It stops on Ctrl-C, after what was asked has been answered.',
  args: [0, 0],
  options: {
    config: { value: 'FILE', help: 'Settings in YAML or JSON (default tiercel.yaml, if there is one)' },
    port: { value: 'PORT', help: 'Where to listen; 0 takes a free port (default 8083)' },
    host: { value: 'HOST', help: 'The address to listen on (default 127.0.0.1); any other needs TIERCEL_TOKEN' },
    provider: { value: 'NAME', help: 'Where market data comes from (default replay: recorded data, no network)' },
    data: { value: 'DIR', help: 'The folder that keeps entries across restarts (default .tiercel; with Redis, none)' },
    demo: { help: 'Let a small trading bot read through the cache, so that there is something to see' },
  },
  examples: [
    'tiercel serve --demo',
    'tiercel serve --port 9000 --config tiercel.yaml',
    'REDIS_URL=redis://cache:6379 NATS_URL=nats://bus:4222 tiercel serve',
    'TIERCEL_TOKEN=$(openssl rand -base64 24) tiercel serve --host 0.0.0.0',
  ],
  async run(call) {
    const { settings, warnings, file } = loadSettings({
      file: call.value('config'),
      environment: call.environment,
      options: optionsOf(call),
    });
    const onWarning = (message: string): void => complain(tone('warn', `Warning: ${message}`));
    warnings.forEach(onWarning);
    const assembly = assemble(settings, { onWarning });
    try {
      return await runUntilStopped(new Service(assembly), settings, file, call.has('json'));
    } finally {
      await assembly.cache.close();
    }
  },
};

async function runUntilStopped(service: Service, settings: Settings, file: string | undefined, isJson: boolean): Promise<ExitCode> {
  const stopped = stopOnSignal(service);
  await service.listen(isJson ? reportAsJson : report);
  print(
    isJson
      ? JSON.stringify({ event: 'listening', url: service.url, version: VERSION, pid: process.pid })
      : greeting(service.url, settings, file),
  );
  const hasEnded = await stopped;
  if (isJson) print(JSON.stringify({ event: 'stopped', hasEnded }));
  else if (!hasEnded) complain('Some requests had not ended in time and were cut off');
  return hasEnded ? 0 : 1;
}

/** Options win over the environment and the file; each is known by its name in errors. */
function optionsOf(call: Call): Map<string, { name: string; value: unknown }> {
  const given = new Map<string, { name: string; value: unknown }>();
  const take = (option: string, path: string, read: (text: string) => unknown = (text) => text): void => {
    const text = call.value(option);
    if (text !== undefined) given.set(path, { name: `--${option}`, value: read(text) });
  };
  take('port', 'server.port', (text) => (/^\d+$/.test(text) ? Number(text) : text));
  take('host', 'server.host');
  take('provider', 'provider');
  take('data', 'cache.store');
  if (call.has('demo')) given.set('demo', { name: '--demo', value: true });
  return given;
}

/** Drains on the first signal to stop; the second ends the process at once. */
function stopOnSignal(service: Service): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let isStopping = false;
    const stop = (): void => {
      if (isStopping) process.exit(1);
      isStopping = true;
      service.drain().then(resolve, reject);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}

function greeting(url: string, settings: Settings, file: string | undefined): string {
  const { provider, demo } = settings;
  const bus = busNameOf(settings);
  const rows = [
    ['page', `${url}/`],
    ['try', `curl '${url}/v1/quotes?symbols=AAPL,BTC-USD'`],
    ['data', provider],
    ['cache', placesOf(settings)],
    ...(bus === 'none' ? [] : [['bus', `${BUSES[bus]}: services keep in step over it`]]),
    ...(file === undefined ? [] : [['settings', file]]),
    ...(demo ? [['demo', 'a small bot reads through the cache']] : []),
  ];
  return `Tiercel ${VERSION} listens on ${url}\n\n${columns(rows.map(([name = '', text = '']) => [`  ${tone('quiet', name)}`, text]))}\n\nCtrl-C stops it.`;
}

const BUSES = { lmdb: 'the store', redis: 'Redis', nats: 'NATS' } as const;

/** Where entries are. What an address holds beside the name of a host is not for the eyes of whoever reads a log. */
function placesOf({ cache, redis }: Settings): string {
  if (!cache.enabled) return 'switched off: every read is a call';
  const places = [...(cache.store === null ? [] : [`across restarts in ${cache.store}`]), ...(redis ? ['for the fleet in Redis'] : [])];
  return places.length === 0 ? 'in memory only' : `in memory, ${places.join(', ')}`;
}

function report({ id, method, url, error }: ErrorReport): void {
  complain(`${method} ${url} failed (${id}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

function reportAsJson({ id, method, url, error }: ErrorReport): void {
  complain(JSON.stringify({ event: 'error', id, method, url, error: error instanceof Error ? error.message : String(error) }));
}
