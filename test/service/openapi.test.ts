import type { RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttpApp } from '../../src/service/http-app.ts';
import { PAGE_PATHS } from '../../src/service/routes/page.ts';
import { addRoutes, type RouteParts } from '../../src/service/routes.ts';
import { json, type RunningService, startService } from './running-service.ts';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: object }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, { readonly schema: object }> }>;
}

describe('the description of the API', () => {
  let running: RunningService;
  // biome-ignore lint/suspicious/noExplicitAny: it is JSON from outside, looked into below.
  let api: any;
  let operations: [path: string, method: string, operation: Operation][];

  beforeAll(async () => {
    running = await startService({ kinds: { bars: { share: { max: 0.5 } } } });
    api = (await running.ask('/openapi.json')).body;
    operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, Operation>).map(
        ([method, operation]) => [path, method, operation] as [string, string, Operation],
      ),
    );
  });
  afterAll(() => running.service.drain());

  test('holds every route there is, but for the page and itself', async () => {
    const app = await createHttpApp({
      guard: { host: '127.0.0.1', allowedHosts: [] },
      report: () => undefined,
      onAnswer: () => undefined,
      isDraining: () => false,
    });
    const routes: RouteOptions[] = [];
    app.addHook('onRoute', (route) => {
      routes.push(route);
    });
    addRoutes(app, {} as RouteParts);
    const there = routes
      .filter(({ method, url }) => method !== 'HEAD' && !PAGE_PATHS.includes(url))
      .map(
        ({ method, url }) =>
          `${String(method).toLowerCase()} ${url
            .replaceAll('::', '\0')
            .replace(/:(\w+)/g, '{$1}')
            .replaceAll('\0', ':')}`,
      );
    expect(operations.map(([path, method]) => `${method} ${path}`).sort()).toEqual(there.sort());
    expect(there.length).toBeGreaterThanOrEqual(15);
  });

  test('holds the routes that others rely on', () => {
    expect(Object.keys(api.paths)).toEqual(
      expect.arrayContaining([
        '/v1/quotes',
        '/v1/bars/{symbol}',
        '/v1/venues',
        '/v1/venues/{mic}/phase',
        '/v1/entries/{kind}/{key}',
        '/v1/entries:batch',
        '/v1/stats',
        '/v1/keys',
        '/v1/explain/{key}',
        '/v1/invalidate',
        '/v1/memory',
        '/v1/trace',
        '/v1/live',
        '/metrics',
        '/livez',
        '/readyz',
        '/startupz',
      ]),
    );
    expect(Object.keys(api.paths['/v1/entries/{kind}/{key}'])).toEqual(expect.arrayContaining(['get', 'put', 'delete']));
  });

  test('is OpenAPI 3.1: each operation tells what it takes and what it answers', () => {
    expect(api.openapi).toMatch(/^3\.1\./);
    expect(api.info).toMatchObject({ title: 'Tiercel', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    const tags = api.tags.map(({ name }: { name: string }) => name);
    for (const [path, method, operation] of operations) {
      const where = `${method} ${path}`;
      expect(operation.summary, where).toMatch(/\w/);
      expect(tags, where).toEqual(expect.arrayContaining([...(operation.tags ?? ['none'])]));
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((one) => one.in === 'path');
      expect(declared.map(({ name }) => name).sort(), where).toEqual(inPath.sort());
      expect(
        declared.every(({ required }) => required),
        where,
      ).toBe(true);
      expect(
        Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status)),
        where,
      ).toBe(true);
      expect(
        Object.values(operation.responses).every(({ description }) => description !== ''),
        where,
      ).toBe(true);
      if (path.startsWith('/v1/')) expect(operation.responses['4XX']?.content?.['application/problem+json'], where).toBeDefined();
    }
  });

  test('refers to nothing that is not in it', () => {
    const refs = [...JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(refs.length).toBeGreaterThan(10);
    for (const path of refs)
      expect(
        path.split('/').reduce<unknown>((at, name) => Object(at)[name], api),
        path,
      ).toBeDefined();
  });

  test('holds what the service answers: every answer has the shape that is told of it', async () => {
    await running.ask('/v1/entries/signal/A', json('PUT', { value: { any: 1 }, tags: ['t'] }));
    const asked = [
      ['/v1/quotes', '/v1/quotes?symbols=AAPL,EURUSD,NONE'],
      ['/v1/symbols', '/v1/symbols'],
      ['/v1/venues', '/v1/venues'],
      ['/v1/venues/{mic}/phase', '/v1/venues/XNYS/phase'],
      ['/v1/bars/{symbol}', '/v1/bars/AAPL?limit=3'],
      ['/v1/entries/{kind}/{key}', '/v1/entries/signal/A'],
      ['/v1/keys', '/v1/keys'],
      ['/v1/explain/{key}', '/v1/explain/signal:A'],
      ['/v1/stats', '/v1/stats'],
      ['/v1/memory', '/v1/memory'],
      ['/readyz', '/readyz'],
    ] as const;
    for (const [path, url] of asked) {
      const { status, body } = await running.ask(url);
      const schema = api.paths[path].get.responses[status].content['application/json'].schema;
      expect(misfits(body, schema, api), url).toEqual([]);
    }
    const problem = await running.ask('/v1/quotes?symbols=NONE');
    expect(misfits(problem.body, { $ref: '#/components/schemas/Problem' }, api)).toEqual([]);
  });
});

interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
}

/** Where a value is not as a schema says; of JSON Schema, as much as our descriptions use. */
function misfits(value: unknown, schema: JsonSchema, api: unknown, at = '$'): string[] {
  if (schema.$ref !== undefined) {
    const named = schema.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((inner, name) => Object(inner)[name], api);
    return misfits(value, named as JsonSchema, api, at);
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${JSON.stringify(value)}`];
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOfType(value, type)))
    return [`${at} is no ${schema.type}: ${JSON.stringify(value)}`];
  if (Array.isArray(value)) return value.flatMap((item, index) => misfits(item, schema.items ?? {}, api, `${at}[${index}]`));
  if (typeof value !== 'object' || value === null || schema.type !== 'object') return [];
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
  const inside = Object.entries(value).flatMap(([name, inner]) => {
    const own = schema.properties?.[name] ?? schema.additionalProperties ?? true;
    if (own === false) return [`${at}.${name} is not told of`];
    return own === true ? [] : misfits(inner, own, api, `${at}.${name}`);
  });
  return [...missing, ...inside];
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
