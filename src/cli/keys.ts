import type { WireKeys } from '../service/wire.ts';
import { CLIENT_OPTIONS, type Command, UsageError } from './command.ts';
import { ServiceClient } from './service-client.ts';
import { complain, print, printJson, tone } from './terminal.ts';

const DEFAULT_LIMIT = 1_000;

/** `tiercel keys PATTERN` */
export const keys: Command = {
  usage: 'keys PATTERN [--limit N] [--json]',
  help: 'Lists the keys that match a pattern: * stands for any characters, ? for one. Keys are KIND:KEY, such as quote:AAPL.',
  args: [1, 1],
  options: { ...CLIENT_OPTIONS, limit: { value: 'N', help: `How many at most (default ${DEFAULT_LIMIT})` } },
  examples: ["tiercel keys 'quote:*'", "tiercel keys '*AAPL*' --limit 20"],
  async run(call) {
    const limit = Number(call.value('limit') ?? DEFAULT_LIMIT);
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
      throw new UsageError(`--limit is "${call.value('limit')}"; write a whole number from 1 to 10000`);
    const query = new URLSearchParams({ pattern: call.args[0] ?? '*', limit: String(limit) });
    const found = await ServiceClient.of(call).ask<WireKeys>('GET', `/v1/keys?${query}`);
    if (call.has('json')) printJson(found);
    else if (found.keys.length > 0) print(found.keys.join('\n'));
    if (!call.has('json') && found.keys.length === 0) complain('No key matches');
    if (!call.has('json') && found.cursor !== null) complain(tone('quiet', `… and more; raise --limit above ${limit} to see them`));
    return 0;
  },
};
