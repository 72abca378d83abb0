import type { FastifyInstance } from 'fastify';
import type { Selector } from '../../cache/invalidation/selector.ts';
import { answers, ref } from '../schemas.ts';
import type { WireExplanation, WireInvalidated, WireKeys } from '../wire.ts';

/** What these routes need of the cache. Keys are `kind:key`. */
export interface Inspected {
  keys(pattern: string, limit: number, after: string | undefined): Promise<WireKeys>;
  explain(key: string): Promise<WireExplanation>;
  invalidate(selector: Selector): Promise<void>;
}

/** `GET /v1/keys`, `GET /v1/explain/{key}`, `POST /v1/invalidate` */
export function inspectionRoutes(app: FastifyInstance, cache: Inspected): void {
  const tags = ['inspection'];
  const querystring = {
    type: 'object',
    properties: {
      pattern: {
        type: 'string',
        default: '*',
        minLength: 1,
        maxLength: 256,
        description: 'A glob over KIND:KEY: * stands for any characters, ? for one',
      },
      limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 1_000 },
      cursor: { type: 'string', description: 'Where the page before ended' },
    },
    additionalProperties: false,
  };
  app.get<{ Querystring: { pattern: string; limit: number; cursor?: string } }>(
    '/v1/keys',
    {
      schema: {
        summary: 'The keys that match a pattern, in order',
        tags,
        querystring,
        response: answers({ 200: { description: 'Keys', ...ref('Keys') } }),
      },
    },
    async (request) => cache.keys(request.query.pattern, request.query.limit, request.query.cursor),
  );

  const params = {
    type: 'object',
    properties: { key: { type: 'string', minLength: 1, description: 'KIND:KEY, such as quote:AAPL' } },
    required: ['key'],
  };
  app.get<{ Params: { key: string } }>(
    '/v1/explain/:key',
    {
      schema: {
        summary: 'What the cache knows of a key, and why it is so',
        tags,
        params,
        response: answers({ 200: { description: 'What is known', ...ref('Explanation') } }),
      },
    },
    async (request) => cache.explain(request.params.key),
  );

  const text = { type: 'string', minLength: 1 };
  const texts = { type: 'array', items: text, minItems: 1, maxItems: 1_000 };
  const body = {
    type: 'object',
    description: 'Exactly one of these',
    properties: { key: text, keys: texts, tag: text, tags: texts, pattern: text },
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
  };
  app.post<{ Body: Selector }>(
    '/v1/invalidate',
    {
      schema: {
        summary: 'Drops entries from every tier',
        tags,
        body,
        response: answers({ 200: { description: 'What was dropped', ...ref('Invalidated') } }),
      },
    },
    async (request): Promise<WireInvalidated> => {
      await cache.invalidate(request.body);
      return { selector: wordsOf(request.body) };
    },
  );
}

function wordsOf(selector: Selector): string {
  return Object.entries(selector)
    .map(([by, names]) => `${by} ${[names].flat().join(', ')}`)
    .join();
}
