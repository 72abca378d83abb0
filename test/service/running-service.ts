import { request } from 'node:http';
import { type Assembly, assemble } from '../../src/config/assemble.ts';
import { checkSettings } from '../../src/config/check-settings.ts';
import type { Bar } from '../../src/market/bar.ts';
import type { Interval } from '../../src/market/interval.ts';
import type { Quote } from '../../src/market/quote.ts';
import type { Provider, ProviderCall } from '../../src/providers/provider.ts';
import type { ErrorReport } from '../../src/service/errors-to-problems.ts';
import { Service } from '../../src/service/service.ts';

/** A service that listens on a free port, in this process. */
export interface RunningService {
  readonly url: string;
  readonly service: Service;
  readonly assembly: Assembly;
  /** What went wrong inside. */
  readonly reports: ErrorReport[];
  /** Asks, on a connection of its own. */
  ask(path: string, init?: Asking): Promise<Answer>;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for.
  readonly body: any;
}

/** Starts a service with memory alone. @param settings over those. @param provider in the place of the replay. */
export async function startService(settings: Record<string, object> = {}, provider?: Provider): Promise<RunningService> {
  const { server = {}, cache = {}, replay = {}, ...rest } = settings;
  const given = { server: { port: 0, ...server }, cache: { store: null, ...cache }, replay: { latency: 0, ...replay }, ...rest };
  const made = assemble(checkSettings(given, (path) => path));
  const assembly = provider ? { ...made, provider } : made;
  const service = new Service(assembly);
  const reports: ErrorReport[] = [];
  await service.listen((report) => reports.push(report));
  const { url } = service;
  return { url, service, assembly, reports, ask: (path, init) => ask(url + path, init) };
}

/** The init of a request with a JSON body. */
export function json(method: string, body: unknown): Asking {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Asks over a connection of its own, with whatever headers; `fetch` would keep the connection and set Host itself. */
export function ask(url: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        const told = new Headers(response.headers as Record<string, string>);
        const isJson = /json/.test(told.get('content-type') ?? '');
        resolve({ status: response.statusCode ?? 0, headers: told, body: isJson && text !== '' ? JSON.parse(text) : text });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A provider that is told what to answer, and counts its calls. */
export class ScriptedProvider implements Provider {
  readonly name = 'scripted';
  readonly calls: string[][] = [];
  prices: Record<string, number> = { AAPL: 100, MSFT: 200 };
  asOf = 1;
  /** Runs before each answer: to wait, or to fail. */
  before: () => Promise<void> = async () => undefined;

  symbols(): readonly string[] {
    return Object.keys(this.prices);
  }

  intervals(symbol: string): readonly Interval[] {
    return symbol in this.prices ? ['1d'] : [];
  }

  async quotes(symbols: readonly string[], _call: ProviderCall): Promise<Map<string, Quote>> {
    this.calls.push([...symbols]);
    await this.before();
    return new Map(
      symbols.flatMap((symbol) => {
        const price = this.prices[symbol];
        return price === undefined ? [] : [[symbol, { symbol, price, asOf: this.asOf, source: this.name }] as const];
      }),
    );
  }

  async bars(symbol: string): Promise<readonly Bar[]> {
    this.calls.push([symbol]);
    await this.before();
    return [{ startAt: 0, open: 1, high: 2, low: 1, close: 2 }];
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
