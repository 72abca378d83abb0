import { STATUS_CODES } from 'node:http';
import { CacheError, type ErrorCode } from '../errors.ts';
import type { WireProblem } from './wire.ts';

/** What went wrong with a request, for programs: the cache's own codes, and those of the service. */
export type ProblemCode =
  | ErrorCode
  | 'ERR_REQUEST'
  | 'ERR_JSON'
  | 'ERR_TOO_LARGE'
  | 'ERR_MEDIA_TYPE'
  | 'ERR_NO_ROUTE'
  | 'ERR_NO_ENTRY'
  | 'ERR_UNKNOWN_KIND'
  | 'ERR_UNKNOWN_SYMBOL'
  | 'ERR_UNKNOWN_INTERVAL'
  | 'ERR_UNKNOWN_VENUE'
  | 'ERR_UNAUTHORIZED'
  | 'ERR_HOST'
  | 'ERR_CROSS_SITE'
  | 'ERR_BUSY'
  | 'ERR_DRAINING'
  | 'ERR_CACHE_DISABLED'
  | 'ERR_INTERNAL';

const STATUS: Readonly<Record<ProblemCode, number>> = {
  ERR_CONFIG: 400,
  ERR_KEY: 400,
  ERR_PATTERN: 400,
  ERR_VALUE: 400,
  ERR_LOAD: 502,
  ERR_LOAD_TIMEOUT: 504,
  ERR_LOAD_OVERLOAD: 503,
  ERR_REFUSED: 422,
  ERR_NOT_FRESH: 504,
  ERR_TIER: 503,
  ERR_TIER_TIMEOUT: 503,
  ERR_TIER_OPEN: 503,
  ERR_BUS: 503,
  ERR_CLOSED: 503,
  ERR_REQUEST: 400,
  ERR_JSON: 400,
  ERR_TOO_LARGE: 413,
  ERR_MEDIA_TYPE: 415,
  ERR_NO_ROUTE: 404,
  ERR_NO_ENTRY: 404,
  ERR_UNKNOWN_KIND: 404,
  ERR_UNKNOWN_SYMBOL: 404,
  ERR_UNKNOWN_INTERVAL: 404,
  ERR_UNKNOWN_VENUE: 404,
  ERR_UNAUTHORIZED: 401,
  ERR_HOST: 403,
  ERR_CROSS_SITE: 403,
  ERR_BUSY: 503,
  ERR_DRAINING: 503,
  ERR_CACHE_DISABLED: 503,
  ERR_INTERNAL: 500,
};

/** A request that cannot be answered; its message says what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;

  constructor(code: ProblemCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.code = code;
    this.status = STATUS[code];
  }

  /** The problem as the client is told it. @param id names this occurrence. */
  toWire(id: string): WireProblem {
    return {
      type: `urn:tiercel:problem:${this.code.slice('ERR_'.length).toLowerCase().replaceAll('_', '-')}`,
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      code: this.code,
      instance: `urn:uuid:${id}`,
    };
  }
}

/**
 * The problem that an error is. What is not meant for clients, such as a bug,
 * is told by its id alone.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof CacheError) return new Problem(error.code, error.message, { cause: error });
  const fastify = error as {
    readonly code?: unknown;
    readonly statusCode?: unknown;
    readonly message?: unknown;
    readonly validation?: unknown;
  };
  const message = String(fastify.message);
  if (fastify.validation !== undefined) return new Problem('ERR_REQUEST', `${message}; see /openapi.json for what this route takes`);
  switch (fastify.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Problem('ERR_TOO_LARGE', 'The body is larger than 1 MB; send less at once');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('ERR_MEDIA_TYPE', 'The body is no JSON; send it with the header "Content-Type: application/json"');
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new Problem('ERR_JSON', 'The body is no JSON, or holds "__proto__" or "constructor.prototype", which are not taken; mend it');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Problem('ERR_JSON', 'The body is empty; send JSON');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new Problem('ERR_REQUEST', 'The body is not as long as its Content-Length says');
  }
  if (typeof fastify.statusCode === 'number' && fastify.statusCode < 500) return new Problem('ERR_REQUEST', message);
  return new Problem('ERR_INTERNAL', 'The service failed; its log tells why, under the id in "instance"', { cause: error });
}
