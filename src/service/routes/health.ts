import type { FastifyInstance } from 'fastify';
import type { WireHealth } from '../wire.ts';

/** What the probes are told. */
export interface Health {
  readonly isDraining: boolean;
  /** Tiers that do not answer; the service goes on without them. */
  readonly downTiers: readonly string[];
}

/**
 * `/livez`, `/readyz`, `/startupz`.
 *
 * Alive is whoever can answer at all, and no dependency is looked at: else an
 * outage of a store would restart every process and lose every memory.
 */
export function healthRoutes(app: FastifyInstance, health: () => Health): void {
  const schema = (summary: string) => ({
    summary,
    tags: ['health'],
    response: {
      200: {
        description: 'Yes',
        type: 'object',
        properties: { status: { enum: ['ok', 'degraded'] }, down: { type: 'array', items: { type: 'string' } } },
        required: ['status', 'down'],
      },
      503: {
        description: 'Not now',
        type: 'object',
        properties: { status: { const: 'draining' }, down: { type: 'array', items: { type: 'string' } } },
        required: ['status', 'down'],
      },
    },
  });

  app.get('/livez', { schema: schema('Whether the process can answer') }, async (): Promise<WireHealth> => ({ status: 'ok', down: [] }));

  for (const path of ['/readyz', '/startupz']) {
    const summary = path === '/readyz' ? 'Whether requests should be sent here' : 'Whether the service has started';
    app.get(path, { schema: schema(summary) }, async (_request, reply): Promise<WireHealth> => {
      const { isDraining, downTiers } = health();
      reply.header('cache-control', 'no-store');
      if (isDraining && path === '/readyz') reply.code(503);
      return { status: isDraining ? 'draining' : downTiers.length > 0 ? 'degraded' : 'ok', down: downTiers };
    });
  }
}
