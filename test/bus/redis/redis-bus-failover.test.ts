import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { keySlot } from '../../../src/redis/key-slot.ts';
import { waitUntil } from '../../../src/testing/wait-until.ts';
import { RedisCluster } from '../../servers/redis-cluster.ts';
import { RedisSentinels } from '../../servers/redis-sentinels.ts';
import type { RedisServer } from '../../servers/redis-server.ts';
import { answeredSoon, bytes, calm, type Later, soon } from '../peer.ts';
import { joined, listening, NEWS, type Peer, serverFor } from './joined.ts';

const NOT_READ_BACK = /do both connections lead to the same server/;

/** Publishes a text until it is taken. */
function publish({ bus }: Peer, text: string): Promise<void> {
  return answeredSoon(() => bus.publish(bytes(text)).then(() => true));
}

/** Resolves when each is connected for at least the `count`-th time. */
function again(count: number, ...peers: readonly Peer[]): Promise<void> {
  return soon(() => peers.every(({ heard }) => heard.isConnected && heard.connections >= count));
}

/** What was taken and was not told. */
function lost(peer: Peer, taken: readonly string[]): string[] {
  const told = new Set(peer.heard.texts);
  return taken.filter((text) => !told.has(text));
}

describe.concurrent('a RedisBus', () => {
  test('follows the master that Sentinels name, when one is killed and when one hangs', { timeout: 60_000 }, async ({
    onTestFinished: later,
  }) => {
    await using fleet = await RedisSentinels.start();
    const sentinel = { name: fleet.name, nodes: fleet.nodes };
    const [a, b] = [await joined({ sentinel }, later), await joined({ sentinel }, later)];
    const mark = await b.bus.mark();
    const taken = ['first'];
    await publish(a, 'first');
    await calm(a, b);
    await answeredSoon(async () => (await fleet.servers[1]?.cli('XLEN', NEWS)) === '1');

    await fleet.servers[0]?.kill();
    await again(2, a, b);
    await publish(a, 'second');
    taken.push('second');
    await calm(a, b);
    expect(lost(b, taken)).toEqual([]);
    // The replica had all, and the log is the same: it can vouch for that.
    expect(await b.bus.replay(mark)).toBe(true);

    const second = await fleet.master();
    second?.stop();
    await again(3, a, b);
    await publish(a, 'third');
    taken.push('third');
    second?.cont();
    await calm(a, b);
    expect(lost(b, taken)).toEqual([]);
    expect([...a.warnings, ...b.warnings]).toEqual([]);
  });

  test('does not vouch for what a failover took away', { timeout: 60_000 }, async ({ onTestFinished: later }) => {
    const [master, replica] = await replicated(later);
    const balancer = await Balancer.start(() => master, later);
    const [a, b] = [await joined({ url: balancer.url }, later), await joined({ url: balancer.url }, later)];
    await a.bus.publish(bytes('kept'));
    const early = await b.bus.mark();
    await answeredSoon(async () => (await replica.cli('XLEN', NEWS)) === '1');
    await replica.cli('REPLICAOF', 'NO', 'ONE');
    for (const text of ['lost 1', 'lost 2']) await a.bus.publish(bytes(text));
    await calm(a, b);
    const late = await b.bus.mark();
    balancer.leadTo(() => replica);
    await soon(() => a.heard.connections === 2 && b.heard.connections === 2);
    expect(await b.bus.replay(late)).toBe(false);
    for (let n = 0; n < 5; n += 1) {
      await a.bus.publish(bytes(`new ${n}`));
      expect(await b.bus.replay(late)).toBe(false);
    }
    await calm(a, b);
    expect(b.heard.texts).toEqual(expect.arrayContaining(['kept', 'lost 1', 'lost 2', 'new 0', 'new 4']));
    // What the new master has behind its last common message, it can vouch for: whoever was told more counts that himself.
    expect(await b.bus.replay(early)).toBe(true);
  });

  test('whose connections lead to two servers does not connect, and looks for one until it finds it', async ({ onTestFinished: later }) => {
    const servers = [await serverFor({}, later), await serverFor({}, later)];
    let count = 0;
    const balancer = await Balancer.start(() => servers[count++ % 2], later);
    const { bus, heard } = listening({ url: balancer.url }, later);
    await soon(() => heard.losses.some((reason) => NOT_READ_BACK.test(reason)));
    expect(heard.connections).toBe(0);
    balancer.leadTo(() => servers[0]);
    await soon(() => heard.isConnected);
    await calm({ bus, heard, warnings: [] });
  });

  test('that reads from a replica which is cut off from its master finds that out by its own beats', { timeout: 90_000 }, async ({
    onTestFinished: later,
  }) => {
    const [master, replica] = await replicated(later);
    const balancer = await Balancer.start(() => master, later);
    const peer = await joined({ url: balancer.url }, later);
    // Which connection is made first is up to the machine: it is done again until the one that reads leads to the replica.
    const isSplit = async (): Promise<boolean> => {
      let count = 0;
      balancer.leadTo(() => [master, replica][count++ % 2]);
      await waitUntil(() => count >= 2 && peer.heard.isConnected, 2_000);
      await calm(peer);
      return (await replica.cli('CLIENT', 'LIST')).includes('cmd=xread');
    };
    for (let attempt = 1; !(await isSplit().catch(() => false)); attempt += 1) expect(attempt).toBeLessThan(15);
    const { connections, losses } = peer.heard;
    const known = losses.length;
    balancer.leadOn(() => master);
    await replica.cli('REPLICAOF', 'NO', 'ONE');
    await answeredSoon(async () => {
      await peer.bus.beat(bytes('beat')).catch(() => {});
      return NOT_READ_BACK.test(losses.slice(known).join());
    });
    await soon(() => peer.heard.connections > connections);
    await calm(peer);
  });

  test('of a cluster goes where its slot goes: to another master, and to a replica that takes over', { timeout: 90_000 }, async ({
    onTestFinished: later,
  }) => {
    await using cluster = await RedisCluster.start();
    const [, ...others] = cluster.nodes;
    const options = { cluster: { nodes: others.slice(0, 2) } };
    const [a, b] = [await joined(options, later), await joined(options, later)];
    const mark = await b.bus.mark();
    await publish(a, 'first');
    await calm(a, b);

    const owner = await ownerOf(cluster);
    const target = (await cluster.masters()).find((master) => master !== owner);
    await moveSlot(cluster, owner, target);
    await again(2, a, b);
    await publish(a, 'moved');
    await calm(a, b);
    expect(new Set(b.heard.texts)).toEqual(new Set(['first', 'moved']));
    expect(await b.bus.replay(mark)).toBe(true);

    const stranger = (await cluster.masters()).find((master) => master !== owner && master !== target);
    const connections = b.heard.connections;
    await stranger?.kill();
    for (let n = 0; n < 5; n += 1) await calm(a, b);
    expect(b.heard.connections).toBe(connections);

    await stranger?.restart();
    await cluster.whole();
    await target?.kill();
    await again(connections + 1, a, b);
    await publish(a, 'taken over');
    await calm(a, b);
    expect(b.heard.texts).toContain('taken over');
  });
});

/** A master, and a replica that is in step with it. */
async function replicated(later: Later): Promise<readonly [RedisServer, RedisServer]> {
  const [master, replica] = [await serverFor({}, later), await serverFor({}, later)];
  await replica.cli('REPLICAOF', '127.0.0.1', String(master.port));
  await answeredSoon(async () => (await replica.cli('INFO', 'replication')).includes('master_link_status:up'));
  return [master, replica];
}

async function ownerOf(cluster: RedisCluster): Promise<RedisServer> {
  for (const master of await cluster.masters()) if ((await master.cli('EXISTS', NEWS)) === '1') return master;
  throw new Error('nobody has the stream');
}

/** Moves the slot of the channel by hand, one key after the other, as redis-cli does. */
async function moveSlot(cluster: RedisCluster, from: RedisServer, to: RedisServer | undefined): Promise<void> {
  const slot = String(keySlot(NEWS));
  const [fromId = '', toId = ''] = await Promise.all([from.cli('CLUSTER', 'MYID'), to?.cli('CLUSTER', 'MYID')]);
  await to?.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
  await from.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
  const keys = (await from.cli('CLUSTER', 'GETKEYSINSLOT', slot, '100')).split('\n');
  await from.cli('MIGRATE', '127.0.0.1', String(to?.port), '', '0', '5000', 'KEYS', ...keys);
  for (const master of await cluster.masters()) await master.cli('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
}

/** An address that leads to one server or another, as a balancer does. */
class Balancer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: () => RedisServer | undefined;

  private constructor(server: Server, target: () => RedisServer | undefined) {
    this.#server = server;
    this.#target = target;
  }

  static async start(target: () => RedisServer | undefined, later: Later): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, target);
    server.on('connection', (socket) => balancer.#join(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    later(async () => {
      balancer.#cut();
      server.close();
    });
    return balancer;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Leads there what comes from now on. */
  leadOn(target: () => RedisServer | undefined): void {
    this.#target = target;
  }

  /** Cuts what there is, and leads what comes there. */
  leadTo(target: () => RedisServer | undefined): void {
    this.leadOn(target);
    this.#cut();
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #join(socket: Socket): void {
    const onward = connect(this.#target()?.port ?? 0, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }
}
