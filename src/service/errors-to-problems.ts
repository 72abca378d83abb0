import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, toProblem } from './problem.ts';

/** An error that is the service's own, for its log. */
export interface ErrorReport {
  /** As the client was told it, in `instance`. */
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly error: unknown;
}

const TYPE = 'application/problem+json; charset=utf-8';

/** Answers every error as a problem after RFC 9457. @param report is told of those that are the service's own. */
export function answerErrors(app: FastifyInstance, report: (error: ErrorReport) => void): void {
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, report));
  app.setNotFoundHandler(async (request) => {
    throw new Problem('ERR_NO_ROUTE', `There is no ${request.method} ${pathOf(request.url)}; see /openapi.json for what there is`);
  });
}

/** Answers one error. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, report: (error: ErrorReport) => void): void {
  const problem = toProblem(error);
  if (problem.code === 'ERR_INTERNAL') report({ id: request.id, method: request.method, url: pathOf(request.url), error });
  if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
  reply
    .header('cache-control', 'no-store')
    .code(problem.status)
    .type(TYPE)
    .send(JSON.stringify(problem.toWire(request.id)));
}

/** Answers what is not even HTTP, and hangs up. */
export function answerMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const line = isSlow ? '408 Request Timeout' : isLarge ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const detail = isSlow
    ? 'The request took too long to arrive'
    : isLarge
      ? 'The headers are too large; send fewer'
      : 'This is not HTTP as it is understood here';
  const status = Number(line.slice(0, 3));
  const problem = {
    type: 'urn:tiercel:problem:request',
    title: line.slice(4),
    status,
    detail,
    code: 'ERR_REQUEST',
    instance: `urn:uuid:${randomUUID()}`,
  };
  const body = JSON.stringify(problem);
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Type: ${TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** A URL without its query, which may hold more than a log should. */
function pathOf(url: string): string {
  return (url.split('?', 1)[0] ?? url).slice(0, 200);
}
