import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildService, scratch, serve } from '../../integration/child-service.ts';
import { type FaultRow, unless } from '../fault-row.ts';

/** Faults of the service: told to stop, told twice, killed. */
export const serviceRows: readonly FaultRow[] = [
  {
    row: 29,
    fault: 'SIGTERM under load',
    injection: '16 clients on kept-alive connections; SIGTERM in mid-run',
    run: async (held) => {
      const service = await serve(held.adopt(scratch(), (folder) => folder.remove()).path);
      const load = new Load(service);
      await sleep(1_500);
      service.child.kill('SIGTERM');
      const { code } = await service.ended;
      const { answered, lost } = await load.end();
      return {
        happened: `${answered} requests answered, ${lost.length} lost, exit code ${code}`,
        operations: answered,
        violations: [
          ...unless(lost.length === 0, 18, `lost: ${lost.slice(0, 3)}`),
          ...unless(code === 0, 18, `exit code ${code}`),
          ...unless(answered > 500, 18, `only ${answered} answered`),
        ],
      };
    },
  },
  {
    row: 29,
    fault: 'SIGKILL under load, and a new start',
    injection: '16 clients; SIGKILL in mid-run; the service starts again on the same store',
    run: async (held) => {
      const folder = held.adopt(scratch(), (each) => each.remove());
      const first = await serve(folder.path);
      const load = new Load(first);
      await sleep(1_500);
      first.child.kill('SIGKILL');
      await first.ended;
      const { answered } = await load.end();
      const again = await serve(folder.path);
      const second = new Load(again);
      await sleep(1_000);
      again.child.kill('SIGTERM');
      const { code } = await again.ended;
      const after = await second.end();
      return {
        happened: `${answered} requests before, ${after.answered} after it, ${after.lost.length} lost, exit code ${code}`,
        operations: answered + after.answered,
        violations: [
          ...unless(
            after.lost.length === 0 && after.answered > 300,
            14,
            `after the new start: ${after.answered} answered, lost ${after.lost.slice(0, 3)}`,
          ),
          ...unless(code === 0, 18, `exit code ${code}`),
        ],
      };
    },
  },
];

/** Clients that ask as fast as they are answered, until the service refuses connections or breaks them. */
class Load {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #work: Promise<unknown>;
  #answered = 0;
  readonly #lost: string[] = [];

  constructor({ url }: ChildService) {
    this.#work = Promise.all(Array.from({ length: 16 }, () => this.#client(`${url}/v1/quotes?symbols=AAPL,MSFT,BTC-USD`)));
  }

  /** Resolves when every client has seen the end: what was answered, and what broke before it was. */
  async end(): Promise<{ readonly answered: number; readonly lost: readonly string[] }> {
    await this.#work;
    this.#agent.destroy();
    return { answered: this.#answered, lost: this.#lost };
  }

  async #client(url: string): Promise<void> {
    for (;;) {
      try {
        const status = await this.#ask(url);
        if (status === 200) this.#answered += 1;
        else this.#lost.push(`status ${status}`);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code !== 'ECONNREFUSED') this.#lost.push(String(code));
        return;
      }
    }
  }

  #ask(url: string): Promise<number> {
    return new Promise((resolve, reject) => {
      get(url, { agent: this.#agent }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      }).once('error', reject);
    });
  }
}
