import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConfigError } from '../errors.ts';
import { Problem } from './problem.ts';
import { PAGE_PATHS } from './routes/page.ts';

/** Who may ask. */
export interface Guard {
  /** The address that is listened on. */
  readonly host: string;
  readonly token?: string | undefined;
  /** Names the service may be asked for under, beside this machine's own. */
  readonly allowedHosts: readonly string[];
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const PROBES = ['/livez', '/readyz', '/startupz'];
/** Asked without a token: probes cannot bear one, and the page and the API's description hold no data. */
const OPEN_PATHS = new Set([...PROBES, '/openapi.json', ...PAGE_PATHS]);

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/**
 * Refuses to be open to the network without a token.
 *
 * @throws ConfigError that says what to set.
 */
export function assertGuarded({ host, token }: Guard): void {
  if (token !== undefined || isLoopback(host)) return;
  throw new ConfigError(
    `Listening on ${host} lets others on the network in; set TIERCEL_TOKEN to 16 characters or more, which every request must then bear, or listen on 127.0.0.1`,
  );
}

/** Puts the guard before every route. */
export function guard(app: FastifyInstance, who: Guard): void {
  const isOpenHost = !isLoopback(who.host) && who.allowedHosts.length === 0;
  const hosts = new Set(['localhost', '127.0.0.1', '[::1]', hostnameOf(who.host), ...who.allowedHosts.map((host) => host.toLowerCase())]);
  const expected = who.token === undefined ? undefined : digest(who.token);

  app.addHook('onRequest', async (request, reply) => {
    setSecurityHeaders(reply);
    // A page elsewhere may point its own name at this machine (DNS rebinding); its requests then bear that name.
    const isProbe = PROBES.includes(request.url);
    if (!isOpenHost && !isProbe && !hosts.has(hostnameOf(request.headers.host ?? ''))) {
      throw new Problem(
        'ERR_HOST',
        `This service is not to be asked for as "${request.headers.host ?? ''}"; add the name to server.allowedHosts if it should be`,
      );
    }
    if (!READS.has(request.method)) assertSameSite(request);
    if (expected && !OPEN_PATHS.has(pathOf(request.url))) assertToken(request, reply, expected);
  });
}

/** Browsers tell where a request comes from; what a page of another site sends is not written. */
function assertSameSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const { origin, host } = request.headers;
  const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
    throw new Problem(
      'ERR_CROSS_SITE',
      'Writes from pages of other sites are refused; send the request from a program, or from the page of this service',
    );
  }
}

/** Digests are compared, for they are of equal length whatever was sent. */
function assertToken(request: FastifyRequest, reply: FastifyReply, expected: Buffer): void {
  const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer' && timingSafeEqual(digest(token), expected)) return;
  reply.header('www-authenticate', 'Bearer realm="tiercel"');
  throw new Problem(
    'ERR_UNAUTHORIZED',
    'Send the header "Authorization: Bearer …" with the token that the service was started with (TIERCEL_TOKEN)',
  );
}

function setSecurityHeaders(reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A host without its port, as the Host header has it. */
function hostnameOf(host: string): string {
  const lower = host.toLowerCase();
  if (isIP(lower) === 6) return `[${lower}]`;
  return lower.replace(/:\d*$/, '');
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
