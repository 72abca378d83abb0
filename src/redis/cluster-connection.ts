import { textOf } from '../errors.ts';
import { withDeadline } from '../guard/deadline.ts';
import type { Cancel } from '../time/clock.ts';
import { type ClusterTopology, parseTopology } from './cluster-topology.ts';
import { Gate } from './gate.ts';
import { keySlot } from './key-slot.ts';
import { type Address, addressText, parseAddress } from './redis-address.ts';
import type { RedisArgument, RedisReply } from './redis-client.ts';
import { type RedisConnection, RedisDownError, type RedisListener, refusalOf } from './redis-connection.ts';
import { RedisLink } from './redis-link.ts';
import type { RedisSetting } from './redis-options.ts';
import { scanNode } from './scan-node.ts';
import { askOnce, shuffled } from './sentinel.ts';

/** A command follows so many redirections. */
const MAX_REDIRECTIONS = 5;
/** A redirected command waits so long for a connection to the node it was sent to. */
const REDIRECTION_WAIT_MS = 500;
/** While a slot moves, a command that names several of its keys is tried again after so long. */
const TRY_AGAIN_MS = 20;
/** The cluster is asked anew where its slots are no more often than this. */
const REFRESH_EVERY_MS = 250;
const REFRESH_JITTER_MS = 100;
/** A node without slots is kept for so long: for what is under way there. */
const RETIRE_AFTER_MS = 3_000;
/** A scan that the slots moved under begins again so often. */
const MAX_SCANS = 3;

/**
 * A connection to every master of a cluster.
 *
 * Who has which slot is learned from any node, and learned anew when a node sends
 * a command elsewhere, and for as long as a master is out of reach. A command
 * that a node did not take is sent on; one that was lost with its node is not.
 */
export class ClusterConnection implements RedisConnection {
  readonly isPartitioned = true;
  readonly #seeds: readonly Address[];
  readonly #setting: RedisSetting;
  readonly #listener: RedisListener;
  readonly #patienceMs: number;
  readonly #links = new Map<string, { readonly address: Address; readonly link: RedisLink }>();
  #topology: ClusterTopology = { masters: new Map(), owners: [] };
  #owners: (RedisLink | undefined)[] = [];
  #lastReason = 'its nodes have not been asked yet';
  /** Counts how often slots were found elsewhere. */
  #moves = 0;
  #reconnects = 0;
  readonly #gate = new Gate();
  #isClosed = false;
  /** Whether the cluster is asked for the first time where its slots are: that is waited for. */
  #isFirst = true;
  readonly #first: Promise<void>;
  #isRefreshing = false;
  #cancelRefresh: Cancel | undefined;
  #cancelRetiring: Cancel | undefined;

  constructor(seeds: readonly Address[], setting: RedisSetting, listener: RedisListener, patienceMs: number) {
    this.#seeds = seeds;
    this.#setting = setting;
    this.#listener = listener;
    this.#patienceMs = patienceMs;
    this.#first = this.#refresh().then(() => {
      this.#isFirst = false;
    });
  }

  get isReady(): boolean {
    const { masters } = this.#topology;
    return masters.size > 0 && [...masters.keys()].every((name) => this.#links.get(name)?.link.isReady);
  }

  get ready(): Promise<void> {
    return this.#gate.opened;
  }

  get reconnects(): number {
    let count = this.#reconnects;
    for (const { link } of this.#links.values()) count += link.reconnects;
    return count;
  }

  slotOf(key: string): number {
    return keySlot(key);
  }

  send(slot: number, args: readonly RedisArgument[]): Promise<RedisReply> {
    const link = this.#owners[slot];
    if (!link && this.#isFirst) return this.#first.then(() => this.send(slot, args));
    if (!link) return Promise.reject(new RedisDownError(`No node of the Redis Cluster has slot ${slot}: ${this.#lastReason}`));
    return link.send(args).catch((error) => this.#redirect(error, slot, args));
  }

  async *scan(glob: string, count: number): AsyncGenerator<string[]> {
    for (let round = 0; round < MAX_SCANS; round += 1) {
      const moves = this.#moves;
      const links = [...this.#topology.masters.keys()].map((name) => this.#links.get(name)?.link);
      if (links.length === 0) throw new RedisDownError(`The Redis Cluster is not connected: ${this.#lastReason}`);
      for (const link of links) {
        if (link) yield* scanNode((args) => link.send(args), glob, count);
      }
      if (moves === this.#moves) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#lastReason = 'it is closed';
    this.#cancelRefresh?.();
    this.#cancelRetiring?.();
    this.#owners = [];
    await Promise.all(Array.from(this.#links.values(), ({ link }) => link.close()));
  }

  async #redirect(cause: unknown, slot: number, args: readonly RedisArgument[]): Promise<RedisReply> {
    let error = cause;
    for (let count = 0; count < MAX_REDIRECTIONS && !this.#isClosed; count += 1) {
      const refusal = refusalOf(error);
      if (error instanceof RedisDownError || refusal === 'CLUSTERDOWN') this.#refreshSoon(textOf(error));
      if (refusal !== 'MOVED' && refusal !== 'ASK' && refusal !== 'TRYAGAIN') throw error;
      try {
        if (refusal === 'TRYAGAIN') return await this.#sendLater(slot, args);
        const link = this.#linkTo(this.#addressIn(error));
        if (refusal === 'MOVED') this.#moved(slot, link);
        await withDeadline(link.ready, REDIRECTION_WAIT_MS, this.#setting.clock, () => new RedisDownError(textOf(error)));
        if (refusal === 'MOVED') return await link.send(args);
        const [, answer] = await Promise.all([link.send(['ASKING']), link.send(args)]);
        return answer;
      } catch (next) {
        error = next;
      }
    }
    throw error;
  }

  #sendLater(slot: number, args: readonly RedisArgument[]): Promise<RedisReply> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#setting.clock.after(TRY_AGAIN_MS, resolve, true);
    return promise.then(() => this.#owners[slot]?.send(args) ?? Promise.reject(new RedisDownError(this.#lastReason)));
  }

  /** The address at the end of a redirection; a node that does not know its host leaves it out. */
  #addressIn(error: unknown): Address {
    const address = parseAddress(textOf(error).split(' ').at(-1) ?? '');
    const [seed] = this.#seeds;
    return address.host === '' && seed ? { host: seed.host, port: address.port } : address;
  }

  #moved(slot: number, link: RedisLink): void {
    this.#moves += 1;
    this.#owners[slot] = link;
    this.#refreshSoon('slots have moved');
  }

  #linkTo(address: Address): RedisLink {
    const name = addressText(address);
    const known = this.#links.get(name);
    if (known) return known.link;
    const { access, connectMs, clock, random } = this.#setting;
    const link = new RedisLink({
      locate: async () => address,
      access,
      connectMs,
      patienceMs: this.#patienceMs,
      clock,
      random,
      listener: {
        connected: () => this.#tellStatus(),
        disconnected: (reason) => this.#linkLost(reason),
      },
    });
    this.#links.set(name, { address, link });
    return link;
  }

  #linkLost(reason: string): void {
    if (this.#isClosed) return;
    this.#lastReason = reason;
    this.#gate.shut();
    this.#listener.disconnected(reason);
    this.#refreshSoon(reason);
  }

  #tellStatus(): void {
    if (this.#isClosed || !this.isReady || this.#gate.isOpen) return;
    this.#gate.open();
    this.#listener.connected();
  }

  #refreshSoon(reason: string): void {
    this.#lastReason = reason;
    if (this.#isClosed || this.#isRefreshing || this.#cancelRefresh) return;
    const { clock, random } = this.#setting;
    this.#cancelRefresh = clock.after(REFRESH_EVERY_MS + random() * REFRESH_JITTER_MS, () => {
      this.#cancelRefresh = undefined;
      void this.#refresh();
    });
  }

  /** Never rejects. */
  async #refresh(): Promise<void> {
    this.#isRefreshing = true;
    try {
      const topology = await this.#ask();
      if (!this.#isClosed) this.#apply(topology);
    } catch (error) {
      this.#lastReason = textOf(error);
      if (!this.#isClosed) this.#listener.disconnected(this.#lastReason);
    }
    this.#isRefreshing = false;
    if (!this.isReady) this.#refreshSoon(this.#lastReason);
  }

  /** Asks one node after the other: first those there is a connection to. */
  async #ask(): Promise<ClusterTopology> {
    const { clock, connectMs, access, random } = this.#setting;
    const failures: string[] = [];
    const late = (): Error => new Error(`no answer within ${connectMs} ms`);
    for (const { address, link } of shuffled([...this.#links.values()], random)) {
      if (!link.isReady) continue;
      try {
        return parseTopology(await withDeadline(link.send(['CLUSTER', 'SLOTS']), connectMs, clock, late), address);
      } catch (error) {
        failures.push(`${addressText(address)}: ${textOf(error)}`);
      }
    }
    for (const address of shuffled(this.#seeds, random)) {
      try {
        return parseTopology(await askOnce(address, access, this.#setting, ['CLUSTER', 'SLOTS']), address);
      } catch (error) {
        failures.push(`${addressText(address)}: ${textOf(error)}`);
      }
    }
    throw new Error(`no node of the cluster told who has which slot (${failures.join('; ')})`);
  }

  #apply(topology: ClusterTopology): void {
    const before = this.#topology.owners;
    if (topology.owners.some((owner, slot) => owner !== before[slot])) this.#moves += 1;
    this.#topology = topology;
    const links = new Map([...topology.masters].map(([name, address]) => [name, this.#linkTo(address)]));
    this.#owners = topology.owners.map((name) => (name === undefined ? undefined : links.get(name)));
    if (this.#links.size > links.size) this.#cancelRetiring ??= this.#setting.clock.after(RETIRE_AFTER_MS, () => this.#retire());
    this.#tellStatus();
  }

  /** Ends the connections to nodes that are no masters any more. */
  #retire(): void {
    this.#cancelRetiring = undefined;
    for (const [name, { link }] of this.#links) {
      if (this.#topology.masters.has(name)) continue;
      this.#reconnects += link.reconnects;
      this.#links.delete(name);
      void link.close();
    }
  }
}
