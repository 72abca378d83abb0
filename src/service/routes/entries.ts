import type { FastifyInstance } from 'fastify';
import type { EntryInfo } from '../../cache/reading/entry-info.ts';
import type { Clock } from '../../time/clock.ts';
import type { Duration } from '../../time/duration.ts';
import type { Entries, NewEntry } from '../entries.ts';
import { setFreshness } from '../freshness-headers.ts';
import { toProblem } from '../problem.ts';
import { answers, ref } from '../schemas.ts';
import type { WireBatchResult, WireEntry, WireStored } from '../wire.ts';
import { freshnessOf } from '../wire-freshness.ts';

const MAX_OPERATIONS = 1_000;

interface Operation {
  readonly op: 'get' | 'put' | 'delete';
  readonly kind: string;
  readonly key: string;
  readonly value?: unknown;
  readonly ttl?: Duration;
  readonly tags?: readonly string[];
}

const written = {
  value: { description: 'Any JSON' },
  ttl: { type: ['string', 'number'], description: "How long it is fresh: '30s', '10m', '1h', or milliseconds; as its kind, when left out" },
  tags: {
    type: 'array',
    items: { type: 'string', minLength: 1, maxLength: 256, pattern: '^[^\\u0000-\\u001f\\u007f]+$' },
    maxItems: 32,
    description: 'Names by which entries are invalidated together',
  },
};

/** `/v1/entries/{kind}/{key}` and `/v1/entries:batch` */
export function entryRoutes(app: FastifyInstance, entries: Entries, clock: Clock): void {
  type Route = { Params: { kind: string; key: string } };
  const params = {
    type: 'object',
    properties: {
      kind: { type: 'string', description: 'Such as signal' },
      key: { type: 'string', description: 'Such as AAPL; escaped as in any URL' },
    },
    required: ['kind', 'key'],
  };
  const tags = ['entries'];

  app.get<Route>(
    '/v1/entries/:kind/:key',
    {
      schema: {
        summary: 'The entry under a key; nothing is loaded',
        tags,
        params,
        response: answers({ 200: { description: 'The entry', ...ref('Entry') } }),
      },
    },
    async (request, reply): Promise<WireEntry> => {
      const { kind, key } = request.params;
      const entry = await entries.get(kind, key);
      setFreshness(reply, [freshnessOf(entry)], clock.now());
      return wireOf(kind, key, entry);
    },
  );

  const body = { type: 'object', properties: written, required: ['value'], additionalProperties: false };
  app.put<Route & { Body: NewEntry }>(
    '/v1/entries/:kind/:key',
    {
      schema: {
        summary: 'Stores a value',
        tags,
        params,
        body,
        response: answers({ 200: { description: 'Whether it was stored: not when a newer one is there', ...ref('Stored') } }),
      },
    },
    async (request): Promise<WireStored> => {
      const { kind, key } = request.params;
      return { kind, key, isStored: await entries.put(kind, key, request.body) };
    },
  );

  app.delete<Route>(
    '/v1/entries/:kind/:key',
    {
      schema: {
        summary: 'Removes an entry',
        tags,
        params,
        response: answers({ 204: { description: 'It is not there any more', type: 'null' } }),
      },
    },
    async (request, reply): Promise<void> => {
      await entries.delete(request.params.kind, request.params.key);
      reply.code(204);
    },
  );

  app.post<{ Body: { operations: Operation[] } }>(
    '/v1/entries::batch',
    {
      schema: {
        summary: 'Gets, puts and deletes many entries; each succeeds or fails by itself',
        tags,
        body: BATCH,
        response: answers({ 200: { description: 'Results in order', ...ref('Batch') } }),
      },
    },
    async (request): Promise<{ results: WireBatchResult[] }> => ({
      results: await Promise.all(request.body.operations.map((operation) => run(entries, operation))),
    }),
  );
}

const BATCH = {
  type: 'object',
  properties: {
    operations: {
      type: 'array',
      minItems: 1,
      maxItems: MAX_OPERATIONS,
      items: {
        type: 'object',
        properties: { op: { enum: ['get', 'put', 'delete'] }, kind: { type: 'string' }, key: { type: 'string' }, ...written },
        required: ['op', 'kind', 'key'],
        if: { properties: { op: { const: 'put' } } },
        // biome-ignore lint/suspicious/noThenProperty: it is JSON Schema's own word.
        then: { required: ['value'] },
        additionalProperties: false,
      },
    },
  },
  required: ['operations'],
  additionalProperties: false,
};

async function run(entries: Entries, operation: Operation): Promise<WireBatchResult> {
  const { op, kind, key } = operation;
  try {
    if (op === 'get') return { ok: true, entry: wireOf(kind, key, await entries.get(kind, key)) };
    if (op === 'put') return { ok: await entries.put(kind, key, { ...operation, value: operation.value }) };
    await entries.delete(kind, key);
    return { ok: true };
  } catch (error) {
    const { code, message } = toProblem(error);
    return { ok: false, error: { code, detail: message } };
  }
}

function wireOf(kind: string, key: string, entry: EntryInfo<unknown>): WireEntry {
  return { kind, key, value: entry.value, tags: entry.tags, ...freshnessOf(entry) };
}
