import { createHash } from 'node:crypto';
import { nkeys } from '@nats-io/transport-node';

type KeyPair = ReturnType<typeof nkeys.createUser>;

const UNLIMITED = { subs: -1, data: -1, payload: -1, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };

/** What a server that takes users by their JWT is set up with, and one such user. */
export interface UserCredentials {
  /** Lines of the server's configuration. */
  readonly config: readonly string[];
  /** The content of the user's credentials file. */
  readonly creds: string;
}

/** Makes an operator, an account of it with JetStream, and a user of that, as `nsc` would. */
export function makeUserCredentials(): UserCredentials {
  const [operator, system, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount(), nkeys.createUser()];
  const operatorJwt = sign(operator, operator, 'operator', { type: 'operator', version: 2 });
  const accountJwt = (pair: KeyPair, jetstream: object): string =>
    sign(operator, pair, 'account', { type: 'account', version: 2, limits: { ...UNLIMITED, ...jetstream } });
  const preloaded = [
    `${system.getPublicKey()}: ${accountJwt(system, {})}`,
    `${account.getPublicKey()}: ${accountJwt(account, { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 })}`,
  ];
  const userJwt = sign(account, user, 'user', { type: 'user', version: 2, pub: {}, sub: {}, subs: -1, data: -1, payload: -1 });
  return {
    config: [
      `operator: ${operatorJwt}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${preloaded.join(', ')} }`,
    ],
    creds: [
      '-----BEGIN NATS USER JWT-----',
      userJwt,
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      new TextDecoder().decode(user.getSeed()),
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
  };
}

function sign(issuer: KeyPair, subject: KeyPair, name: string, claims: object): string {
  const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url');
  const body = { iat: 1_700_000_000, iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name, nats: claims };
  const jti = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  const text = `${base64(JSON.stringify({ typ: 'JWT', alg: 'ed25519-nkey' }))}.${base64(JSON.stringify({ jti, ...body }))}`;
  return `${text}.${base64(issuer.sign(Buffer.from(text)))}`;
}
