import { RedisServer } from './redis-server.ts';

const NAME = 'tiercel';
const REPLICAS = 2;
const SENTINELS = 3;

/**
 * A master with two replicas, watched over by three Sentinels, on the loopback.
 *
 * A master is given up when it has not answered for 700 ms.
 */
export class RedisSentinels implements AsyncDisposable {
  /** What the Sentinels call the master. */
  readonly name: string = NAME;
  /** The first is the master at the start. */
  readonly servers: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];

  private constructor(servers: readonly RedisServer[], sentinels: readonly RedisServer[]) {
    this.servers = servers;
    this.sentinels = sentinels;
  }

  /**
   * Resolves when the Sentinels know of each other and of both replicas.
   *
   * @param users of the servers, @param sentinelUsers of the Sentinels, as {@link RedisServerOptions.users}.
   */
  static async start(users: readonly string[] = [], sentinelUsers: readonly string[] = []): Promise<RedisSentinels> {
    const master = await RedisServer.start({ users });
    const replicas = Array.from({ length: REPLICAS }, () => RedisServer.start({ users, config: [`replicaof 127.0.0.1 ${master.port}`] }));
    const config = [
      `sentinel monitor ${NAME} 127.0.0.1 ${master.port} 2`,
      `sentinel down-after-milliseconds ${NAME} 700`,
      `sentinel failover-timeout ${NAME} 1500`,
      `sentinel parallel-syncs ${NAME} 2`,
    ];
    const servers = [master, ...(await Promise.all(replicas))];
    const sentinels = await Promise.all(
      Array.from({ length: SENTINELS }, () => RedisServer.start({ config, users: sentinelUsers, isSentinel: true })),
    );
    const started = new RedisSentinels(servers, sentinels);
    await started.#known();
    return started;
  }

  /** The addresses of the Sentinels, as the tier takes them. */
  get nodes(): string[] {
    return this.sentinels.map(({ address }) => address);
  }

  /** The server that the Sentinels name as master now. */
  async master(): Promise<RedisServer | undefined> {
    const answer = await this.sentinels[0]?.cli('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);
    return this.servers.find(({ port }) => answer?.endsWith(String(port)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server[Symbol.asyncDispose]()));
  }

  async #known(): Promise<void> {
    for (const sentinel of this.sentinels) {
      for (;;) {
        const info = await sentinel.cli('INFO', 'sentinel');
        if (info.includes(`slaves=${REPLICAS},sentinels=${SENTINELS}`)) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}
