import { readFileSync } from 'node:fs';
import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  nkeys,
  type TlsOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import { ConfigError } from '../../errors.ts';
import type { NatsOptions, NatsTls } from './nats-options.ts';

/** Who we are to a server, by one of the ways there are. */
export type Credentials = Pick<NatsOptions, 'user' | 'password' | 'token' | 'nkey' | 'creds'>;

const encoder = new TextEncoder();

/**
 * What proves to a server who we are; reads files at each call.
 *
 * @throws Error when a file cannot be read or is none of credentials.
 */
export function authenticatorOf({ user, password, token, nkey, creds }: Credentials): Authenticator | undefined {
  if (user !== undefined) return usernamePasswordAuthenticator(user, password);
  if (token !== undefined) return tokenAuthenticator(token);
  if (nkey !== undefined) return nkeyAuthenticator(encoder.encode(nkey.trim()));
  return creds === undefined ? undefined : proven(credsAuthenticator(encoder.encode(textOrFile(creds, 'creds'))));
}

/** Certificates as the client takes them; reads files at each call. @throws Error when one cannot be read. */
export function tlsOf({ ca, cert, key }: NatsTls): TlsOptions {
  // Never the client's own caFile, certFile and keyFile: it reads them while nobody listens for errors of the socket.
  return {
    ...(ca === undefined ? {} : { ca: textOrFile(ca, 'tls.ca') }),
    ...(cert === undefined ? {} : { cert: textOrFile(cert, 'tls.cert') }),
    ...(key === undefined ? {} : { key: textOrFile(key, 'tls.key') }),
  };
}

/** @throws ConfigError when there is more than one way, or half of one. */
export function assertCredentials(credentials: Credentials): void {
  const { user, password, token, nkey, creds } = credentials;
  const ways = Object.entries({ user, token, nkey, creds }).filter(([, secret]) => secret !== undefined);
  if (ways.length > 1)
    throw new ConfigError(`\`nats\` got ${ways.map(([name]) => `\`${name}\``).join(' and ')}; give one way to prove who we are`);
  if (password !== undefined && user === undefined) throw new ConfigError('`nats` got a `password` and no `user`; give both');
  if (nkey !== undefined && !isSeed(nkey)) throw new ConfigError("`nkey` is no seed of a user; give the one that begins with 'SU'");
}

function isSeed(text: string): boolean {
  try {
    return nkeys.fromSeed(encoder.encode(text.trim())).getPublicKey().startsWith('U');
  } catch {
    return false;
  }
}

/** The client would learn only while connecting that these are no credentials, and close for good. */
function proven(authenticator: Authenticator): Authenticator {
  try {
    authenticator('nonce');
  } catch {
    throw new Error('`creds` holds no credentials; give a file of JWT and seed, as `nsc generate creds` writes it');
  }
  return authenticator;
}

function textOrFile(value: string, name: string): string {
  if (value.includes('-----BEGIN')) return value;
  try {
    return readFileSync(value, 'utf8');
  } catch (cause) {
    throw new Error(`\`${name}\` cannot be read; give the path of a file, or its content`, { cause });
  }
}
