import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { answers, ref } from '../schemas.ts';
import type { WireStats } from '../wire.ts';

/** `GET /v1/stats` and `GET /metrics` */
export function statsRoutes(app: FastifyInstance, board: { stats(): WireStats }, metrics: Registry): void {
  const tags = ['statistics'];
  app.get(
    '/v1/stats',
    {
      schema: {
        summary: 'What was asked, how it was answered, and what that saved',
        tags,
        response: answers({ 200: { description: 'The statistics since the start', ...ref('Stats') } }),
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return board.stats();
    },
  );
  const text = { description: 'The text format of Prometheus', content: { 'text/plain': { schema: { type: 'string' } } } };
  app.get(
    '/metrics',
    { schema: { summary: 'The statistics for Prometheus', tags, response: answers({ 200: text }) } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}
