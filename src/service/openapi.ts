import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { SCHEMAS } from './schemas.ts';
import { VERSION } from './version.ts';

/** Describes the routes that are added after it, at `/openapi.json`. @param hasToken whether requests must bear a token. */
export async function describeApi(app: FastifyInstance, hasToken: boolean): Promise<void> {
  for (const [name, schema] of Object.entries(SCHEMAS)) app.addSchema({ $id: name, ...schema });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tiercel',
        version: VERSION,
        description:
          'Market data and entries of your own, out of a cache that says how fresh they are. Errors are problem details after RFC 9457.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'market data', description: 'Quotes and bars, through the cache' },
        { name: 'entries', description: 'Values by kind and key: a place for signals, analyses and whatever else a bot keeps' },
        { name: 'inspection', description: 'What the cache holds, and why' },
        { name: 'statistics', description: 'What was asked and how it was answered' },
        { name: 'health', description: 'For probes' },
      ],
      components: hasToken
        ? { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'The token the service was started with' } } }
        : {},
      ...(hasToken ? { security: [{ bearer: [] }] } : {}),
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, at) => (typeof json['$id'] === 'string' ? json['$id'] : `schema-${at}`) },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
