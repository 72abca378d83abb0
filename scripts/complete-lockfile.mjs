import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './run.mjs';

/**
 * What is used here of a package in package-lock.json.
 *
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} LockedPackage
 */

/**
 * The lockfile's packages with the optional ones that npm left out. It leaves
 * out, without a word, what the registry it asked cannot give, such as the
 * binaries of another platform; `npm ci` then refuses the lockfile. What they
 * run on is read from their names, so that npm asks for none of them elsewhere.
 *
 * @param {Record<string, LockedPackage>} packages
 */
export function completed(packages) {
  const all = { ...packages };
  for (const [place, { dev, optionalDependencies }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      if (isFound(packages, place, name)) continue;
      const { cpu, libc, os } = platformOf(name);
      all[`node_modules/${name}`] = {
        version,
        ...(cpu && { cpu }),
        ...(dev && { dev }),
        ...(libc && { libc }),
        optional: true,
        ...(os && { os }),
      };
    }
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, 'en')));
}

/**
 * Whether `name` is there for the package in `place`: in its own node_modules or in one further out.
 *
 * @param {Record<string, LockedPackage>} packages
 * @param {string} place
 * @param {string} name
 */
function isFound(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

/** @param {string} name @returns {Pick<LockedPackage, 'cpu' | 'libc' | 'os'>} */
function platformOf(name) {
  const [, os, cpu, libc] =
    /(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-([a-z0-9]+)(?:-(gnu|musl))?/.exec(name) ?? [];
  if (!os || !cpu) return {};
  return { cpu: [cpu], os: [os], ...(libc && { libc: [libc === 'gnu' ? 'glibc' : libc] }) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = join(root, 'package-lock.json');
  const lockfile = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify({ ...lockfile, packages: completed(lockfile.packages) }, null, 2)}\n`);
}
