import { access, constants, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { createCache } from '../create-cache.ts';
import { BUNDLED_DATA, readRecordedIndex } from '../providers/replay/recorded-index.ts';
import { lmdb } from '../tiers/lmdb/lmdb-tier.ts';
import { keyRingOf, sensitiveKinds } from './encryption.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Settings } from './settings.ts';

const LEAST_NODE = [22, 12] as const;
const LITTLE_ROOM = 1_024 ** 3;
const NO_ROOM = 64 * 1_024 ** 2;

/** Whether this Node.js runs Tiercel. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isNew = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return isNew
    ? ok('node', `Node.js ${version}`)
    : fail('node', `Node.js ${version} is too old`, `install Node.js ${LEAST_NODE.join('.')} or later`);
}

/** Whether the recorded data that is to be replayed is there. */
export function checkData({ replay }: Settings): Finding {
  const folder = replay.folder ?? BUNDLED_DATA;
  try {
    const { series } = readRecordedIndex(folder);
    const symbols = new Set(series.map(({ symbol }) => symbol));
    return ok('data', `${symbols.size} symbols recorded in ${folder}`);
  } catch (error) {
    return fail('data', (error as Error).message, 'install Tiercel anew, or set replay.folder');
  }
}

/** Whether the port can be listened on. @param isOurs whether the service that answers there is the one asked for. */
export async function checkPort({ server }: Settings, isOurs: boolean): Promise<Finding> {
  const where = `${server.host}:${server.port}`;
  if (isOurs) return ok('port', `${where} is listened on by the running service`);
  const code = await new Promise<string | undefined>((done) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'unknown'));
    probe.listen(server.port, server.host, () => probe.close(() => done(undefined)));
  });
  return code === undefined
    ? ok('port', `${where} is free`)
    : fail('port', `${where} cannot be listened on (${code})`, 'stop what listens there, or take another port with --port');
}

/** Whether the keys that encrypt sensitive kinds can be used. Their ids are told, and nothing more of them. */
export function checkEncryption(settings: Settings): Finding {
  const warnings: string[] = [];
  try {
    const ring = keyRingOf(settings, (message) => warnings.push(message));
    const secret = sensitiveKinds(settings);
    const detail =
      ring === undefined
        ? 'no keys'
        : `key ${ring.writingId} writes, ${ring.ids.length === 1 ? 'and reads' : `${ring.ids.join(', ')} read`}`;
    const [warning] = warnings;
    if (warning !== undefined) return warn('encryption', detail, warning);
    if (ring && secret.length === 0) return warn('encryption', `${detail}; no kind is sensitive`, 'set kinds.<name>.sensitive to true');
    return ok('encryption', secret.length === 0 ? 'no kind is sensitive' : `${detail}; sensitive: ${secret.join(', ')}`);
  } catch (error) {
    return fail('encryption', (error as Error).message, 'mend the keys: docs/encryption.md says how they are made');
  }
}

/** Whether the folder of the store can be written, and how large it is. */
export async function checkFolder({ cache, redis }: Settings): Promise<Finding> {
  if (cache.store === null && redis) return ok('store', 'not needed: entries are in Redis');
  if (cache.store === null)
    return warn('store', 'No store is set: entries do not outlive a restart', 'set cache.store to a folder to keep them');
  const path = resolve(cache.store);
  const there = await nearestThere(path);
  try {
    await access(there, constants.W_OK);
  } catch {
    return fail('store', `${there} cannot be written`, 'give this user the right to write it, or set another folder with --data');
  }
  if (there !== path) return ok('store', `${path} will be made at the first start`);
  if (!(await stat(path)).isDirectory()) return fail('store', `${path} is no folder`, 'set another path with --data');
  return ok('store', `${path} holds ${megabytes(await sizeOf(path))}`);
}

/** Whether a store can be opened, written and read where the store is: tried with one of its own, that is removed again. */
export async function checkStore({ cache }: Settings): Promise<Finding> {
  if (cache.store === null) return ok('lmdb', 'not needed');
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(await nearestThere(dirname(resolve(cache.store))), '.tiercel-doctor-'));
    await using probe = createCache({ remote: lmdb({ path: folder, onWarning: () => undefined }) });
    await probe.set('probe', 'written');
    await probe.flush();
    const { tiers } = await probe.explain('probe');
    const isKept = tiers.some(({ tier, state }) => tier === 'lmdb' && state === 'fresh');
    return isKept
      ? ok('lmdb', 'opens, writes and reads')
      : fail('lmdb', 'does not keep what is written', 'look at the disk, and at the limits of this user (ulimit -a)');
  } catch (error) {
    return fail(
      'lmdb',
      `cannot be opened: ${(error as Error).message}`,
      'install Tiercel anew on this machine, or set cache.store to null to do without',
    );
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the disk of the store has room. */
export async function checkRoom({ cache }: Settings): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestThere(resolve(cache.store ?? '.')));
  const free = bavail * bsize;
  const detail = `${megabytes(free)} free`;
  if (free < NO_ROOM) return fail('disk', detail, 'make room: without it nothing more is kept across restarts');
  return free < LITTLE_ROOM ? warn('disk', detail, 'make room before the store has none') : ok('disk', detail);
}

/** The path, or the nearest folder above it that is there. */
export async function nearestThere(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const isThere = await stat(at).then(
      () => true,
      () => false,
    );
    if (isThere || at === dirname(at)) return at;
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_024 ** 2).toFixed(bytes < 10 * 1_024 ** 2 ? 1 : 0)} MB`;
}
