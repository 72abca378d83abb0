import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files of an authority made for a test, and of a certificate for 127.0.0.1 and localhost that it signed. */
export interface Certificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** The authority's certificate, as PEM. */
  readonly ca: string;
}

/** Makes them in `folder`, by openssl. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: 'ignore' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.crt'), '-days', '2', '-subj', '/CN=authority of a test');
  openssl('req', '-x509', ...key, '-keyout', at('server.key'), '-out', at('server.crt'), '-days', '2', '-subj', '/CN=localhost',
    '-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'); // biome-ignore format: one command
  return { caFile: at('ca.crt'), certFile: at('server.crt'), keyFile: at('server.key'), ca: readFileSync(at('ca.crt'), 'utf8') };
}
