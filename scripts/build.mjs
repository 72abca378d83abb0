import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, root, run, tool } from './run.mjs';

// dist holds what src holds, as JavaScript and declarations, and nothing of an earlier build.
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
process.exitCode = await run(pinnedNode, [tool('tsc'), '--project', 'tsconfig.build.json']);
const command = join(dist, 'cli', 'main.js');
if (existsSync(command)) chmodSync(command, 0o755);
