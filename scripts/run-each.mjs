import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root, run } from './run.mjs';

// Runs the programs of a folder, one after the other, each from its .ts source: `run-each.mjs FOLDER [NAME…]`.
const [folder, ...names] = process.argv.slice(2);
if (!folder) throw new Error('Name a folder: run-each.mjs FOLDER [NAME…]');
const path = join(root, folder);
const programs = existsSync(path) ? readdirSync(path).filter((file) => file.endsWith('.ts')) : [];
const chosen = programs.filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
const failed = [];
for (const file of chosen) {
  console.log(`\n${folder}/${file}`);
  const exitCode = await run(pinnedNode, [join(path, file)], { timeout: 600_000 });
  if (exitCode !== 0) failed.push(file);
}
console.log(`\n${chosen.length - failed.length} of ${chosen.length} programs in ${folder} ended well`);
if (failed.length > 0) console.error(`Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
