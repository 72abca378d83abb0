/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Certificates and names for TLS, as Node.js takes them. */
export interface RedisTls {
  /** The authority that signed the server's certificate, as PEM. @default those that Node.js knows */
  readonly ca?: string | Buffer;
  /** The client's own certificate, as PEM, where the server asks for one. */
  readonly cert?: string | Buffer;
  /** The key of the client's certificate, as PEM. */
  readonly key?: string | Buffer;
  /** The name the server's certificate must bear. @default the host of the address */
  readonly servername?: string;
}

/** How a server is entered: it is the same for all servers of a deployment. */
export interface RedisAccess {
  readonly tls: RedisTls | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** `host:port`, for people and as a name. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address in `host:port`, as Redis writes it in its redirections, IPv6 without brackets. */
export function parseAddress(text: string): Address {
  const colonAt = text.lastIndexOf(':');
  const host = text.slice(0, colonAt).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number.parseInt(text.slice(colonAt + 1), 10) };
}
