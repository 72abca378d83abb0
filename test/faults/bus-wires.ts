import { setTimeout as sleep } from 'node:timers/promises';
import type { BusInjection } from './bus-cuts.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A client connects again by itself; so long it may take before it counts as its own affair. */
const RECONNECTED_WITHIN_MS = 10_000;

/** A storm of resets has one each so many milliseconds. */
const BETWEEN_RESETS_MS = 150;

const POLL_MS = 10;

/**
 * What can befall the wire between a node and the server of its bus: `silence`
 * keeps connections and forwards nothing, `deafness` nothing to the node and
 * `muteness` nothing from it; `resets` come in a storm; under `refusal` every
 * connection is reset and none is taken.
 */
export type WireFault = 'silence' | 'deafness' | 'muteness' | 'resets' | 'refusal';

/** The wires between nodes and the server of their bus: a proxy each, and what befalls it befalls no other connection of the node. */
export class BusWires implements AsyncDisposable {
  readonly #proxies: ReadonlyMap<string, TcpProxy>;

  private constructor(proxies: ReadonlyMap<string, TcpProxy>) {
    this.#proxies = proxies;
  }

  /** A wire for each node to a server of this host. */
  static async open(nodes: readonly string[], targetPort: number): Promise<BusWires> {
    return new BusWires(new Map(await Promise.all(nodes.map(async (node) => [node, await TcpProxy.open({ targetPort })] as const))));
  }

  /** Where a node finds the server. */
  portOf(node: string): number {
    return this.#proxyOf(node).port;
  }

  /** Each of the faults as {@link BusCuts} wants it: it is over when the node has as many connections as before it. */
  injections(faults: readonly WireFault[]): readonly BusInjection[] {
    return faults.map((fault) => async ({ node }) => {
      const proxy = this.#proxyOf(node.plan.name);
      const before = proxy.connections;
      const end = await befall(proxy, fault);
      return async () => {
        await end();
        await proxy.heal();
        const until = performance.now() + RECONNECTED_WITHIN_MS;
        while (proxy.connections < before && performance.now() < until) await sleep(POLL_MS);
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy[Symbol.asyncDispose]()));
  }

  #proxyOf(node: string): TcpProxy {
    const proxy = this.#proxies.get(node);
    if (!proxy) throw new Error(`There is no wire for the node "${node}"`);
    return proxy;
  }
}

/** Returns what ends it, beside healing the proxy. */
async function befall(proxy: TcpProxy, fault: WireFault): Promise<() => unknown> {
  if (fault === 'silence') proxy.blackHole();
  if (fault === 'deafness') proxy.cut('down');
  if (fault === 'muteness') proxy.cut('up');
  if (fault === 'refusal') await proxy.refuse();
  if (fault !== 'resets') return () => {};
  const storm = setInterval(() => proxy.reset(), BETWEEN_RESETS_MS);
  return () => clearInterval(storm);
}
