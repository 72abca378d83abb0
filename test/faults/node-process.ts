import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Accident } from './history.ts';
import { type NodeNews, type NodePlan, type NodeReply, type NodeRequest, now } from './node-plan.ts';

const MAIN = fileURLToPath(new URL('./node-main.ts', import.meta.url));

/** How long a node may take to be ready, or to close. */
const PATIENCE_MS = 20_000;

/** A call that takes longer never ends. */
const HUNG_AFTER_MS = 30_000;

/** How a node's process is started. */
export interface NodeStart {
  /** A command that runs the one behind it: `['ip', 'netns', 'exec', 'far']`. @default none */
  readonly launcher?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Is told what should never happen. */
  readonly onAccident: (accident: Accident) => void;
}

/** A node, as the harness has it: a process that is asked, stopped, continued and killed. */
export class NodeProcess implements AsyncDisposable {
  readonly plan: NodePlan;
  readonly #child: ChildProcess;
  readonly #onAccident: NodeStart['onAccident'];
  readonly #waiting = new Map<number, (reply: NodeReply | undefined) => void>();
  readonly #ended: Promise<void>;
  #errors = '';
  #lastId = 0;
  #isEndExpected = false;
  #hasEnded = false;
  #onReady: () => void = () => {};

  private constructor(plan: NodePlan, start: NodeStart) {
    this.plan = plan;
    this.#onAccident = start.onAccident;
    const [command = process.execPath, ...args] = [...(start.launcher ?? []), process.execPath, MAIN, JSON.stringify(plan)];
    this.#child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ...start.env } });
    this.#child.on('message', (news: NodeNews | NodeReply) => this.#hear(news));
    // A message to a process that has just ended.
    this.#child.on('error', () => {});
    this.#child.stderr?.on('data', (part) => {
      this.#errors = (this.#errors + part).slice(-4_000);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(this.#end(`${signal ?? code}`)));
    });
  }

  /** Starts a node, and waits until its caches are ready. */
  static async start(plan: NodePlan, start: NodeStart): Promise<NodeProcess> {
    const node = new NodeProcess(plan, start);
    const ready = new Promise<void>((resolve) => {
      node.#onReady = resolve;
    });
    const isReady = await within(PATIENCE_MS, Promise.race([ready.then(() => true), node.#ended.then(() => false)]));
    if (isReady) return node;
    await node.kill();
    throw new Error(`Node "${plan.name}" did not start: ${node.#errors}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return !this.#hasEnded;
  }

  /** What it wrote to its standard error, the last of it. */
  get errors(): string {
    return this.#errors;
  }

  /** Asks the node; `undefined` when it ended before it answered. */
  ask(request: NodeRequest): Promise<NodeReply | undefined> {
    if (this.#hasEnded || !this.#child.connected) return Promise.resolve(undefined);
    this.#lastId += 1;
    const id = this.#lastId;
    const invokedAt = now();
    return new Promise((resolve) => {
      const hung = setTimeout(() => {
        this.#waiting.delete(id);
        resolve({ id, invokedAt, settledAt: now(), error: `no answer within ${HUNG_AFTER_MS} ms` });
      }, HUNG_AFTER_MS);
      this.#waiting.set(id, (reply) => {
        clearTimeout(hung);
        resolve(reply);
      });
      this.#child.send({ id, ...request }, (error) => {
        if (error) this.#waiting.get(id)?.(undefined);
      });
    });
  }

  /** Ends it with no warning. */
  async kill(): Promise<void> {
    this.#isEndExpected = true;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Stands still, as under a debugger or on a host that is frozen. */
  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Goes on as if nothing had been. */
  continue(): void {
    this.#child.kill('SIGCONT');
  }

  /** Closes its caches, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    this.#isEndExpected = true;
    this.continue();
    void this.ask({ call: 'close' });
    if (
      !(await within(
        PATIENCE_MS,
        this.#ended.then(() => true),
      ))
    ) {
      this.#onAccident({ node: this.plan.name, what: `did not end within ${PATIENCE_MS} ms of being closed`, at: now() });
      await this.kill();
    }
  }

  #hear(news: NodeNews | NodeReply): void {
    if ('ready' in news) this.#onReady();
    else if ('accident' in news) this.#onAccident({ node: this.plan.name, ...news.accident });
    else {
      this.#waiting.get(news.id)?.(news);
      this.#waiting.delete(news.id);
    }
  }

  #end(how: string): void {
    this.#hasEnded = true;
    for (const answer of this.#waiting.values()) answer(undefined);
    this.#waiting.clear();
    if (!this.#isEndExpected) this.#onAccident({ node: this.plan.name, what: `ended by itself (${how}): ${this.#errors}`, at: now() });
  }
}

/** What a promise brings in time; `undefined` when it takes longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
