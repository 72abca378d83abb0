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
  const name = decoded(username);
  return password === '' ? { token: name } : { user: name, password: decoded(password) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigError('A user, password or token in `servers` is not percent-encoded; write "%25" for "%"');
  }
}

/** `nats://user:password@host:4222`, all but the host left out at will. A slash would end the host in the middle of a token. */
const FORM = /^((nats|tls):\/\/)?([^\s/?#]*@)?([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?\/?$/i;

/** What stands behind the scheme of a text that is no address is not told: any of it may be a secret. */
function parse(address: unknown): URL {
  const text = typeof address === 'string' ? address.trim() : '';
  const url = FORM.test(text) ? URL.parse(text.includes('://') ? text : `nats://${text}`) : null;
  if (url) return url;
  const [scheme] = /^[a-z]+:\/\//i.exec(text) ?? [''];
  throw new ConfigError(
    `\`servers\` has "${scheme}…", which is no address; give such as 'nats://host:4222', 'tls://host:4222' or 'host:4222', with "%2F" for "/" in a token`,
  );
}
