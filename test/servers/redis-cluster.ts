import { RedisServer } from './redis-server.ts';

const MASTERS = 3;

/**
 * A Redis Cluster of three masters with a replica each, on the loopback.
 *
 * A master is given up when it has not answered for one second; the replica then
 * takes its place within about another.
 */
export class RedisCluster implements AsyncDisposable {
  readonly servers: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[]) {
    this.servers = servers;
  }

  /** Resolves when every node says that the cluster is whole. @param users as {@link RedisServerOptions.users}. */
  static async start(users: readonly string[] = []): Promise<RedisCluster> {
    const servers = await Promise.all(Array.from({ length: 2 * MASTERS }, () => RedisServer.start({ isClusterNode: true, users })));
    const cluster = new RedisCluster(servers);
    const [first] = servers;
    const addresses = servers.map(({ address }) => address);
    await first?.cli('--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes');
    await cluster.whole();
    return cluster;
  }

  /** The addresses of all nodes, as the tier takes them. */
  get nodes(): string[] {
    return this.servers.map(({ address }) => address);
  }

  /** Resolves when every node that answers says that all slots are served, and every replica has a master in step. */
  async whole(): Promise<void> {
    for (const server of this.servers) {
      for (;;) {
        const info = await server.cli('CLUSTER', 'INFO').catch(() => 'cluster_state:ok');
        const replication = await server.cli('INFO', 'replication').catch(() => '');
        if (info.includes('cluster_state:ok') && !replication.includes('master_link_status:down')) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Those of the nodes that have slots now. */
  async masters(): Promise<RedisServer[]> {
    const roles = await Promise.all(this.servers.map((server) => server.cli('ROLE').catch(() => '')));
    return this.servers.filter((_, at) => roles[at]?.startsWith('master'));
  }

  /** Moves slots from one master to another, keys and all. */
  async moveSlots(from: RedisServer, to: RedisServer, count: number): Promise<void> {
    const [source, target] = await Promise.all([from.cli('CLUSTER', 'MYID'), to.cli('CLUSTER', 'MYID')]);
    const options = ['--cluster-from', source, '--cluster-to', target, '--cluster-slots', String(count), '--cluster-yes'];
    await from.cli('--cluster', 'reshard', from.address, ...options);
  }

  async flushAll(): Promise<void> {
    for (const master of await this.masters()) await master.flushAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }
}
