import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { root } from './run.mjs';

// Every relative link in every page leads to a file there is, and to a heading it has.
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.tiercel', 'api']);
const broken = [];
let linkCount = 0;
for (const page of pagesIn(root)) {
  for (const target of linksOf(readFileSync(page, 'utf8'))) {
    if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
    linkCount += 1;
    if (!leadsSomewhere(page, target)) broken.push(`${relative(root, page)}: ${target}`);
  }
}
for (const link of broken) console.error(`Broken link in ${link}`);
console.log(`${linkCount - broken.length} of ${linkCount} links lead somewhere`);
process.exitCode = broken.length === 0 ? 0 : 1;

/** @param {string} folder @returns {string[]} */
function pagesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((found) => {
    if (SKIPPED.has(found.name)) return [];
    const path = join(folder, found.name);
    if (found.isDirectory()) return pagesIn(path);
    return found.name.endsWith('.md') ? [path] : [];
  });
}

/** @param {string} text */
function linksOf(text) {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const named = prose.matchAll(/^\s*\[[^\]]+\]:\s*<?([^\s>]+)>?/gm);
  return [...inline, ...named].map((match) => /** @type {string} */ (match[1]));
}

/** @param {string} page @param {string} target */
function leadsSomewhere(page, target) {
  const [path = '', heading] = target.split('#');
  const file = path === '' ? page : path.startsWith('/') ? join(root, path) : resolve(dirname(page), decodeURIComponent(path));
  if (!existsSync(file)) return false;
  if (!heading || !file.endsWith('.md')) return true;
  return headingsOf(readFileSync(file, 'utf8')).has(heading.toLowerCase());
}

/** The anchors that GitHub gives the headings of a page. @param {string} text */
function headingsOf(text) {
  const anchors = new Set();
  for (const [, title = ''] of text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const anchor = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    let numbered = anchor;
    for (let n = 1; anchors.has(numbered); n += 1) numbered = `${anchor}-${n}`;
    anchors.add(numbered);
  }
  return anchors;
}
