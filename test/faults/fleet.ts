import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Auditor } from '../../src/testing/auditor.ts';
import { type FinalRead, History, type Read, type ReadCall, type Write } from './history.ts';
import { Keyspace } from './keyspace.ts';
import { type NodePlan, type NodeReply, type NodeRequest, type NodeState, now, type SourcePlan } from './node-plan.ts';
import { NodeProcess, type NodeStart } from './node-process.ts';
import { Truth } from './truth.ts';

/** A write of a key is over so long before the next begins, so that their order is no matter of a clock's grain. */
const BETWEEN_WRITES_MS = 5;

/** Of so many keys one is audited. */
const AUDITED_ONE_IN = 10;

/** One cache of a fleet. */
export interface Member {
  /** In the history: the node's name, and which of its caches. */
  readonly name: string;
  readonly node: NodeProcess;
  readonly at: number;
}

/** A cache through which what the shared tier has is seen, each time anew. */
const NO_MEMORY = { maxEntryBytes: 1 };

/** What a write is about. */
export type WriteTarget =
  | { readonly call: 'set'; readonly key: string }
  | { readonly call: 'delete'; readonly key: string }
  | { readonly call: 'tag' | 'pattern'; readonly group: string }
  | { readonly call: 'clear' };

/** What every node of a fleet is given by it. */
export type OwnPlan = Omit<NodePlan, 'truthFile' | 'keys'>;

/** Nodes that share a source, and the history of all that is asked of them. */
export class Fleet implements AsyncDisposable {
  readonly history = new History();
  readonly keyspace: Keyspace;
  /** A folder that goes with the fleet. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'tiercel-fleet-'));
  readonly #truth: Truth;
  readonly #truthFile: string;
  readonly #nodes: NodeProcess[] = [];
  readonly #busyUntil = new Map<string, number>();
  readonly #audited: ReadonlySet<string>;
  #auditor: Auditor | undefined;
  #auditorsNode: NodeProcess | undefined;

  constructor(keyCount = 40) {
    this.keyspace = new Keyspace(keyCount);
    this.#audited = new Set(this.keyspace.keys.filter((_, at) => at % AUDITED_ONE_IN === 0));
    this.#truthFile = join(this.folder, 'truth');
    this.#truth = Truth.create(this.#truthFile, this.keyspace.keys);
  }

  /** Starts a node; it is ready when this resolves. */
  async start(plan: OwnPlan, start: Partial<NodeStart> = {}): Promise<NodeProcess> {
    const node = await this.#begin(plan, start);
    this.#nodes.push(node);
    return node;
  }

  /**
   * From now on asks every cache and the shared tier, at the given ages of each change of a
   * sample of the keys, what they hold, and compares it with the source.
   */
  async audit(agesMs: readonly number[], boundMs: number, tier?: NodePlan['tier']): Promise<Auditor> {
    const held = (member: Member): ((key: string) => Promise<unknown>) => {
      return async (key) => numberOf(await member.node.ask({ member: member.at, call: 'get', key }));
    };
    const replicas = new Map(this.members.map((member) => [member.name, held(member)]));
    if (tier) {
      this.#auditorsNode = await this.#begin({ name: 'auditor', tier, ...NO_MEMORY });
      for (const member of membersOf(this.#auditorsNode)) replicas.set('the shared tier', held(member));
    }
    this.#auditor = new Auditor({ truth: (key) => this.#truth.read(key), replicas: Object.fromEntries(replicas), agesMs, boundMs });
    return this.#auditor;
  }

  /** Every cache that runs. */
  get members(): Member[] {
    return this.#nodes.filter(({ isRunning }) => isRunning).flatMap(membersOf);
  }

  /** A read, recorded unless its node ended. */
  async read(member: Member, call: ReadCall, key: string): Promise<void> {
    const read = await this.#ask(member, call, key);
    if (read) this.history.reads.push(read);
  }

  /**
   * Changes the source, and tells one cache: recorded, whether it ends or not. Does
   * nothing while a key of it is being written, and tells whether it did.
   */
  async write(member: Member, target: WriteTarget): Promise<boolean> {
    const keys = this.#keysOf(target);
    const invokedAt = now();
    if (keys.some((key) => (this.#busyUntil.get(key) ?? 0) > invokedAt)) return false;
    for (const key of keys) this.#busyUntil.set(key, Number.POSITIVE_INFINITY);
    const changes = keys.map((key) => ({ key, n: this.#truth.change(key) }));
    const request: NodeRequest = target.call === 'set' ? { ...target, n: changes[0]?.n ?? 0 } : target;
    const reply = await member.node.ask({ member: member.at, ...request });
    const write: Write = { node: member.name, call: target.call, changes, invokedAt };
    this.history.writes.push(reply ? { ...write, ...settling(reply) } : write);
    for (const key of keys) {
      this.#busyUntil.set(key, now() + BETWEEN_WRITES_MS);
      if (reply && reply.error === undefined && this.#audited.has(key)) this.#auditor?.changed(key);
    }
    return true;
  }

  /** Tells every node how its source is from now on. */
  async setSource(source: SourcePlan): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.ask({ call: 'source', source })));
  }

  /** How each cache is; those whose node does not answer in time are left out. */
  async states(patienceMs = 500): Promise<Map<string, NodeState>> {
    const states = new Map<string, NodeState>();
    const asked = this.members.map(async ({ node, name, at }) => {
      const reply = await node.ask({ call: 'state', member: at });
      if (reply?.state) states.set(name, reply.state);
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([Promise.all(asked), late]);
    clearTimeout(timer);
    return new Map(states);
  }

  /** Resolves when everything that was written is with the shared tier, or has failed. */
  async flush(): Promise<void> {
    await Promise.all(this.members.map(({ node, at }) => node.ask({ call: 'flush', member: at })));
  }

  /** Reads every key as every cache has it, and then as it loads it. */
  async readAll(): Promise<void> {
    for (const call of ['get', 'load'] as const) await Promise.all(this.members.map((member) => this.#readFinally(member, call, 'node')));
  }

  /** Reads every key as the shared tier has it: through a cache that has no memory of its own and hears of nothing. */
  async readShared(tier: NonNullable<NodePlan['tier']>): Promise<void> {
    await using inspector = await this.start({ name: 'inspector', tier, ...NO_MEMORY });
    for (const member of membersOf(inspector)) await this.#readFinally(member, 'get', 'shared');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#auditor?.[Symbol.dispose]();
    await Promise.all([...this.#nodes, this.#auditorsNode].map((node) => node?.[Symbol.asyncDispose]()));
    this.#truth[Symbol.dispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #begin(plan: OwnPlan, start: Partial<NodeStart> = {}): Promise<NodeProcess> {
    const onAccident: NodeStart['onAccident'] = (accident) => this.history.accidents.push(accident);
    return NodeProcess.start({ ...plan, truthFile: this.#truthFile, keys: this.keyspace.keys }, { onAccident, ...start });
  }

  async #readFinally(member: Member, call: ReadCall, seenBy: FinalRead['seenBy']): Promise<void> {
    const reads = await Promise.all(this.keyspace.keys.map((key) => this.#ask(member, call, key)));
    for (const read of reads) if (read) this.history.finalReads.push({ ...read, seenBy });
  }

  async #ask({ node, name, at }: Member, call: ReadCall, key: string): Promise<Read | undefined> {
    const reply = await node.ask({ member: at, call, key });
    return reply && { node: name, call, key, ...settling(reply), ...(reply.answer && { answer: reply.answer }) };
  }

  #keysOf(target: WriteTarget): readonly string[] {
    if ('key' in target) return [target.key];
    if (target.call === 'tag') return this.keyspace.tagged(target.group);
    if (target.call === 'pattern') return this.keyspace.matching(target.group);
    return this.keyspace.keys;
  }
}

function membersOf(node: NodeProcess): Member[] {
  const { name, members = 1 } = node.plan;
  return Array.from({ length: members }, (_, at) => ({ name: members === 1 ? name : `${name}/${at}`, node, at }));
}

/** What a cache was found to hold; throws where it did not answer. */
function numberOf(reply: NodeReply | undefined): number | undefined {
  if (!reply || reply.error !== undefined) throw new Error(reply?.error ?? 'the node has ended');
  return reply.answer?.n;
}

function settling({
  invokedAt,
  settledAt,
  error,
}: {
  invokedAt: number;
  settledAt: number;
  error?: string;
}): Pick<Read, 'invokedAt' | 'settledAt' | 'error'> {
  return { invokedAt, settledAt, ...(error !== undefined && { error }) };
}
