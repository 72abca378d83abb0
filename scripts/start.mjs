import { join } from 'node:path';
import { pinnedNode, root, run } from './run.mjs';
import { setup } from './setup.mjs';

// The options of `npm start -- …` go to the server as they are, and its exit code comes back.
try {
  await setup();
  process.exitCode = await run(pinnedNode, [join(root, 'src', 'cli', 'main.ts'), 'serve', ...process.argv.slice(2)], {
    cwd: process.cwd(),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
