import type { WireEntry } from '../service/wire.ts';
import { CLIENT_OPTIONS, type Command } from './command.ts';
import { entryPath, ServiceClient } from './service-client.ts';
import { complain, print, printJson } from './terminal.ts';

/** `tiercel get KEY` */
export const get: Command = {
  usage: 'get KEY [--json]',
  help: 'Prints the value under a key, such as signal:AAPL. Nothing is loaded: exit code 1 says that the cache holds none.',
  args: [1, 1],
  options: CLIENT_OPTIONS,
  examples: ['tiercel get signal:AAPL', 'tiercel get quote:AAPL --json'],
  async run(call) {
    const entry = await ServiceClient.of(call).ask<WireEntry>('GET', entryPath(call.args[0] ?? ''));
    if (entry.outcome === 'stale') complain(`${call.args[0]} is stale: ${Math.round(entry.age / 1_000)} s old, and past its freshness`);
    if (call.has('json')) printJson(entry);
    else print(typeof entry.value === 'string' ? entry.value : JSON.stringify(entry.value, null, 2));
    return 0;
  },
};
