import type { FastifyInstance } from 'fastify';
import { answers } from '../schemas.ts';
import type { TraceRecordings } from '../trace-recordings.ts';

const MAX_SECONDS = 3_600;
const DEFAULT_SECONDS = 60;

/** `GET /v1/trace?seconds=60`: the accesses of memory as they happen. */
export function traceRoutes(app: FastifyInstance, recordings: TraceRecordings): void {
  const schema = {
    summary: 'Records the accesses of memory, as a trace that "tiercel simulate" reads',
    description:
      'The keys are hashed, with a salt that differs from recording to recording. A transfer that breaks off lacks accesses; one that ends is whole.',
    tags: ['inspection'],
    querystring: {
      type: 'object',
      properties: {
        seconds: { type: 'number', minimum: 1, maximum: MAX_SECONDS, default: DEFAULT_SECONDS, description: 'How long it is recorded' },
      },
      additionalProperties: false,
    },
    response: answers({
      200: {
        description: 'Lines key,seconds,bytes: the time is from the start of the recording; empty lines mean nothing',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
    }),
  };
  app.get<{ Querystring: { seconds: number } }>('/v1/trace', { schema, exposeHeadRoute: false }, (request, reply) => {
    recordings.assertRoom();
    reply.hijack();
    reply.raw.writeHead(200, {
      ...reply.getHeaders(),
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    } as Record<string, string>);
    recordings.begin(reply.raw, request.query.seconds);
  });
}
