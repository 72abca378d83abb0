import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files of an authority made for a test, and of a certificate for 127.0.0.1 and localhost that it signed. */
export interface Certificates {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** The authority's certificate, as PEM. */
  readonly ca: string;
}

const REQUEST = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** Makes them in `folder`, by openssl. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const at = (name: string): string => join(folder, name);
  const [caFile, caKey, certFile, keyFile] = [at('ca.crt'), at('ca.key'), at('server.crt'), at('server.key')];
  await run('openssl', [...REQUEST, '-keyout', caKey, '-out', caFile, '-subj', '/CN=authority of a test']);
  const signed = ['-CA', caFile, '-CAkey', caKey, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  await run('openssl', [...REQUEST, '-keyout', keyFile, '-out', certFile, '-subj', '/CN=localhost', ...signed]);
  return { caFile, certFile, keyFile, ca: await readFile(caFile, 'utf8') };
}
