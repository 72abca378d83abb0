import { randomUUID } from 'node:crypto';
import ajvCompiler, { type ValidatorFactory } from '@fastify/ajv-compiler';
import fastify, { type FastifyInstance } from 'fastify';
import { SECOND } from '../time/duration.ts';
import { answerError, answerErrors, answerMalformed, type ErrorReport } from './errors-to-problems.ts';
import { describeApi } from './openapi.ts';
import { type Guard, guard } from './security.ts';

const BODY_LIMIT = 1_024 * 1_024;
/** A key has up to 1 024 bytes, each of which may take three in a URL. */
const PARAM_LIMIT = 3 * 1_024 + 300;

/** What the HTTP side of the service is told. */
export interface HttpOptions {
  readonly guard: Guard;
  /** Is told of errors that are the service's own. */
  readonly report: (error: ErrorReport) => void;
  /** Is told of each answer. */
  readonly onAnswer: (method: string, route: string, status: number, durationMs: number) => void;
  readonly isDraining: () => boolean;
}

/** What makes validators, as far as it matters here: its own type is of what makes serializers, too. */
type MakesValidators = (schemas: object, options?: { customOptions?: object }) => (route: { httpPart?: string }) => unknown;

/** What stands in an address is text, and is read as what it should be; in a body, `true` is no number. */
const buildValidator: MakesValidators = (schemas, options) => {
  const build = ajvCompiler() as unknown as MakesValidators;
  const reading = build(schemas, options);
  const asItIs = build(schemas, { ...options, customOptions: { ...options?.customOptions, coerceTypes: false } });
  return (route) => (route.httpPart === 'body' ? asItIs : reading)(route);
};

/** The HTTP side of the service, to which routes are then added: limits, guard, errors, the description of the API. */
export async function createHttpApp(options: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: PARAM_LIMIT },
    requestTimeout: 30 * SECOND,
    keepAliveTimeout: 15 * SECOND,
    http: { headersTimeout: 10 * SECOND, connectionsCheckingInterval: 5 * SECOND },
    // Requests that come on open connections while the service stops are answered.
    return503OnClosing: false,
    forceCloseConnections: false,
    genReqId: () => randomUUID(),
    // Nothing that was sent is dropped in silence: what a route does not know is refused.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, useDefaults: true, allowUnionTypes: true } },
    schemaController: { compilersFactory: { buildValidator: buildValidator as unknown as ValidatorFactory } },
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, options.report),
    clientErrorHandler: (error, socket) => answerMalformed(error, socket),
  });
  // Response schemas describe answers; they do not shape them.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeContentTypeParser('text/plain');
  answerErrors(app, options.report);
  guard(app, options.guard);
  app.addHook('onSend', async (_request, reply) => {
    if (options.isDraining()) reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    options.onAnswer(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime);
  });
  await describeApi(app, options.guard.token !== undefined);
  return app;
}
