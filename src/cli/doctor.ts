import { busNameOf } from '../config/bus-choice.ts';
import { checkBus, checkNats } from '../config/check-bus.ts';
import { checkRedis } from '../config/check-redis.ts';
import { checkData, checkEncryption, checkFolder, checkNode, checkPort, checkRoom, checkStore } from '../config/check-up.ts';
import { type Finding, fail, inTime, ok, warn } from '../config/finding.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { ConfigError } from '../errors.ts';
import { assertGuarded } from '../service/security.ts';
import { VERSION } from '../service/version.ts';
import type { WireStats } from '../service/wire.ts';
import { type Call, CLIENT_OPTIONS, type Command } from './command.ts';
import { ServiceClient, ServiceError } from './service-client.ts';
import { columns } from './table.ts';
import { print, printJson, type Tone, tone } from './terminal.ts';

const TONES: Readonly<Record<Finding['status'], Tone>> = { ok: 'good', warn: 'warn', fail: 'bad' };

/** `tiercel doctor` */
export const doctor: Command = {
  usage: 'doctor [--config FILE] [--data DIR] [--json]',
  help: 'Checks that everything the service needs is there: its data, store and keys, Redis, NATS and the bus, each by trying it. Says what to do where something is amiss; exit code 1 says that something is. It changes nothing, and ends in time beside a server that hangs.',
  args: [0, 0],
  options: {
    ...CLIENT_OPTIONS,
    config: { value: 'FILE', help: 'The settings to check (default tiercel.yaml, if there is one)' },
    data: { value: 'DIR', help: 'The folder that keeps entries across restarts (default as in the settings)' },
  },
  examples: ['tiercel doctor', 'REDIS_URL=redis://cache:6379 tiercel doctor', 'tiercel doctor --config production.yaml --json'],
  async run(call) {
    const findings = await examine(call);
    const isWell = findings.every(({ status }) => status !== 'fail');
    if (call.has('json')) printJson({ ok: isWell, checks: findings });
    else print(describe(findings));
    return isWell ? 0 : 1;
  },
};

async function examine(call: Call): Promise<Finding[]> {
  const findings = [checkNode(process.version)];
  const store = call.value('data');
  const options = new Map(store === undefined ? [] : [['cache.store', { name: '--data', value: store }] as const]);
  try {
    const { settings, warnings, file } = loadSettings({ file: call.value('config'), environment: call.environment, options });
    findings.push(ok('settings', file ?? 'the defaults, and the environment'));
    findings.push(...warnings.map((warning) => warn('settings', warning, '')));
    const { redis, nats, cache } = settings;
    const [service, ...shared] = await Promise.all([
      checkService(call),
      redis && cache.enabled ? inTime('redis', () => checkRedis(redis, busNameOf(settings) === 'redis')) : [],
      nats && cache.enabled ? inTime('nats', () => checkNats(nats, settings)) : [],
      inTime('bus', () => checkBus(settings)),
    ]);
    const isOurs = service.status === 'ok' && Number(new URL(ServiceClient.of(call).url).port) === settings.server.port;
    findings.push(
      checkData(settings),
      checkEncryption(settings),
      await checkFolder(settings),
      await checkStore(settings),
      await checkRoom(settings),
      ...shared.flat(),
      checkAccess(settings),
      await checkPort(settings, isOurs),
      service,
    );
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    findings.push(fail('settings', error.message, 'mend the settings; the checks that need them were left out'));
  }
  return findings;
}

/** Whether the service would let others in without a token, and so refuse to start. */
function checkAccess({ server }: Settings): Finding {
  try {
    assertGuarded(server);
  } catch (error) {
    return fail('access', (error as Error).message, 'set TIERCEL_TOKEN, or server.host to 127.0.0.1');
  }
  return ok('access', server.token === undefined ? `only this machine reaches ${server.host}` : 'requests must bear the token');
}

async function checkService(call: Call): Promise<Finding> {
  const client = ServiceClient.of(call);
  try {
    const { service } = await client.ask<WireStats>('GET', '/v1/stats');
    if (service.version === VERSION) return ok('service', `${client.url} answers, version ${service.version}`);
    return warn('service', `${client.url} is version ${service.version}, and this is ${VERSION}`, 'restart the service to have the same');
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.status !== undefined) return fail('service', `${client.url} refuses: ${error.message}`, '');
    return warn('service', `No service answers at ${client.url}`, 'start one with: tiercel serve');
  }
}

function describe(findings: readonly Finding[]): string {
  return columns(
    findings.flatMap(({ name, status, detail, advice }) => [
      [tone(TONES[status], status), name, detail],
      ...(advice === '' ? [] : [['', '', tone('quiet', `→ ${advice}`)]]),
    ]),
  );
}
