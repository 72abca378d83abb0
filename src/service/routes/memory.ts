import type { FastifyInstance } from 'fastify';
import { MAX_ENTRIES, POLICY_NAMES } from '../../config/memory-schema.ts';
import { answers, ref } from '../schemas.ts';
import type { WireMemory, WireMemoryChange } from '../wire.ts';

/** Evictions that a cache remembers. */
const MOST_EVICTIONS = 256;
const DEFAULT_EVICTIONS = 50;

/** What these routes need of a cache's memory. */
export interface InspectedMemory {
  /** How it is now, with so many of the last evictions. */
  state(limit: number): WireMemory;
  /** @throws ConfigError that says what to write; nothing has changed then. */
  resize(change: WireMemoryChange): void;
}

/** `GET /v1/memory`, `PATCH /v1/memory` */
export function memoryRoutes(app: FastifyInstance, memory: InspectedMemory): void {
  const tags = ['inspection'];
  const querystring = {
    type: 'object',
    properties: {
      limit: {
        type: 'integer',
        minimum: 0,
        maximum: MOST_EVICTIONS,
        default: DEFAULT_EVICTIONS,
        description: 'How many of the last evictions are told, at most',
      },
    },
    additionalProperties: false,
  };
  type Query = { Querystring: { limit: number } };
  const response = answers({ 200: { description: 'Memory as it is now', ...ref('Memory') } });

  app.get<Query>(
    '/v1/memory',
    { schema: { summary: 'How full memory is, what left it for want of room, and why', tags, querystring, response } },
    async (request, reply): Promise<WireMemory> => {
      reply.header('cache-control', 'no-store');
      return memory.state(request.query.limit);
    },
  );

  const body = {
    type: 'object',
    description: 'What is left out stays as it is',
    properties: {
      maxEntries: { type: 'number', minimum: 1, maximum: MAX_ENTRIES },
      maxBytes: { type: ['string', 'number'], description: "Bytes, or text such as '512mb'" },
      policy: { type: 'string', description: `Who leaves when memory is full: ${POLICY_NAMES.join(', ')}` },
    },
    minProperties: 1,
    additionalProperties: false,
  };
  app.patch<Query & { Body: WireMemoryChange }>(
    '/v1/memory',
    {
      schema: {
        summary: 'Gives memory other bounds or another policy, until the service stops; what is too much leaves at once',
        tags,
        querystring,
        body,
        response,
      },
    },
    async (request): Promise<WireMemory> => {
      memory.resize(request.body);
      return memory.state(request.query.limit);
    },
  );
}
