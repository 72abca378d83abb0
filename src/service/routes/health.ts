import type { FastifyInstance } from 'fastify';
import type { Health } from '../../cache/health.ts';
import type { Schema } from '../schema-forms.ts';
import { healthStatuses } from '../schemas.ts';
import type { WireHealth } from '../wire.ts';

/** What the probes are told. */
export interface ServiceHealth extends Health {
  readonly isDraining: boolean;
  /** Tiers that do not answer; the service goes on without them. */
  readonly downTiers: readonly string[];
}

/**
 * `/livez`, `/readyz`, `/startupz`.
 *
 * Alive is whoever can answer at all, and no dependency is looked at: else an
 * outage of a store would restart every process and lose every memory. For the
 * same reason who does without a tier or its bus is ready, and only says so.
 */
export function healthRoutes(app: FastifyInstance, health: () => ServiceHealth): void {
  const schema = (summary: string) => ({
    summary,
    tags: ['health'],
    response: { 200: answer('Yes', healthStatuses), 503: answer('Not now', { const: 'draining' }) },
  });

  app.get(
    '/livez',
    { schema: schema('Whether the process can answer') },
    async (): Promise<WireHealth> => ({ status: 'ok', reasons: [], down: [] }),
  );

  for (const path of ['/readyz', '/startupz']) {
    const summary = path === '/readyz' ? 'Whether requests should be sent here' : 'Whether the service has started';
    app.get(path, { schema: schema(summary) }, async (_request, reply): Promise<WireHealth> => {
      const { isDraining, status, reasons, downTiers } = health();
      reply.header('cache-control', 'no-store');
      const isUnready = isDraining && path === '/readyz';
      if (isUnready) reply.code(503);
      return { status: isUnready ? 'draining' : status, reasons, down: downTiers };
    });
  }
}

function answer(description: string, status: Schema): Schema {
  const texts = { type: 'array', items: { type: 'string' } };
  return { description, type: 'object', properties: { status, reasons: texts, down: texts }, required: ['status', 'reasons', 'down'] };
}
