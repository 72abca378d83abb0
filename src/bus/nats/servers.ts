import { ConfigError } from '../../errors.ts';

/** The addresses of servers as the client takes them, and what else stood in them. */
export interface Servers {
  readonly servers: readonly string[];
  /** Whether one said `tls://`. */
  readonly isTls: boolean;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/**
 * Takes addresses apart: the client passes over a user and a password that stand
 * in one, and would show them in its errors.
 *
 * @throws ConfigError when one is no address; it shows no credentials.
 */
export function parseServers(addresses: string | readonly string[]): Servers {
  const urls = (typeof addresses === 'string' ? addresses.split(',') : addresses).map(parse);
  if (urls.length === 0) throw new ConfigError("`servers` is empty; give at least one address, such as 'nats://host:4222'");
  const named = urls.find(({ username }) => username !== '');
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || '4222'}`),
    isTls: urls.some(({ protocol }) => protocol === 'tls:'),
    ...(named && credentialsOf(named)),
  };
}

function credentialsOf({ username, password }: URL): Pick<Servers, 'user' | 'password' | 'token'> {
  const name = decodeURIComponent(username);
  return password === '' ? { token: name } : { user: name, password: decodeURIComponent(password) };
}

function parse(address: unknown): URL {
  const text = typeof address === 'string' ? address.trim() : '';
  const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
  if (url && url.hostname !== '' && (url.protocol === 'nats:' || url.protocol === 'tls:')) return url;
  const shown = text.replace(/^.*@/s, '');
  throw new ConfigError(`\`servers\` has ${JSON.stringify(shown)}; give addresses such as 'nats://host:4222' or 'tls://host:4222'`);
}
