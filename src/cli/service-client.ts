import type { WireProblem } from '../service/wire.ts';
import { type Call, UsageError } from './command.ts';

/** A running service did not do what was asked; the message says why. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** The status of its answer; `undefined` when there was none. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

const DEFAULT_URL = 'http://127.0.0.1:8083';
const TIMEOUT_MS = 30_000;

/** Talks to a running service. */
export class ServiceClient {
  readonly url: string;
  readonly #token: string | undefined;

  /** @throws UsageError when the URL is none. */
  constructor(url: string, token?: string) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new UsageError(`"${url}" is no address of a service; write one such as ${DEFAULT_URL}`);
    }
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  /** The client that a call asks for: `--url`, else TIERCEL_URL, else this machine. */
  static of(call: Call): ServiceClient {
    const { TIERCEL_URL: url, TIERCEL_TOKEN: token } = call.environment;
    return new ServiceClient(call.value('url') ?? (url || DEFAULT_URL), token || undefined);
  }

  /**
   * Asks, and hands back the JSON of the answer.
   *
   * @throws ServiceError when there is no answer, or none that is fine.
   */
  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.#send(method, path, AbortSignal.timeout(TIMEOUT_MS), body);
    const text = await response.text().catch((cause: unknown) => Promise.reject(this.#noAnswer(cause)));
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /**
   * Asks, and hands back the answer as it comes, until `signal` ends it.
   *
   * @throws ServiceError when there is no answer, or none that is fine.
   */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await this.#send('GET', path, signal);
    if (!body) throw new ServiceError('The service answered nothing');
    return body;
  }

  async #send(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const init = { method, headers, signal };
    let response: Response;
    let text = '';
    try {
      response = await fetch(this.url + path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
      if (!response.ok) text = await response.text();
    } catch (cause) {
      throw this.#noAnswer(cause);
    }
    if (response.ok) return response;
    throw new ServiceError(detailOf(text) ?? `The service answered ${response.status} ${response.statusText}`, response.status);
  }

  #noAnswer(cause: unknown): ServiceError {
    return new ServiceError(`No service answers at ${this.url}; start one with: tiercel serve, or name another with --url`, undefined, {
      cause,
    });
  }
}

/** The path of an entry, from its key as people write it: `signal:AAPL`. @throws UsageError when it names no kind. */
export function entryPath(key: string): string {
  const colon = key.indexOf(':');
  if (colon < 1 || colon === key.length - 1) throw new UsageError(`"${key}" is no key; write KIND:KEY, such as signal:AAPL`);
  return `/v1/entries/${encodeURIComponent(key.slice(0, colon))}/${encodeURIComponent(key.slice(colon + 1))}`;
}

function detailOf(text: string): string | undefined {
  try {
    const problem = JSON.parse(text) as Partial<WireProblem>;
    return typeof problem.detail === 'string' ? problem.detail : undefined;
  } catch {
    return undefined;
  }
}
