import type { WireInvalidated } from '../service/wire.ts';
import { CLIENT_OPTIONS, type Command, UsageError } from './command.ts';
import { ServiceClient } from './service-client.ts';
import { print, printJson } from './terminal.ts';

/** `tiercel invalidate --pattern P | --tag T | --key K` */
export const invalidate: Command = {
  usage: 'invalidate (--key KEY | --tag TAG | --pattern PATTERN) [--json]',
  help: 'Drops entries from every tier. A load of one of them that is under way is answered, but not stored.',
  args: [0, 0],
  options: {
    ...CLIENT_OPTIONS,
    key: { value: 'KEY', isRepeatable: true, help: 'The entry under this key, such as quote:AAPL' },
    tag: { value: 'TAG', isRepeatable: true, help: 'All entries with this tag, such as sym:AAPL' },
    pattern: { value: 'PATTERN', help: 'All entries whose key matches, such as "bars:AAPL*"' },
  },
  examples: ['tiercel invalidate --key quote:AAPL', 'tiercel invalidate --tag sym:AAPL', "tiercel invalidate --pattern 'bars:AAPL*'"],
  async run(call) {
    const given = ['key', 'tag', 'pattern'].filter((option) => call.has(option));
    if (given.length !== 1) throw new UsageError('Say what to invalidate by one of --key, --tag and --pattern');
    const body = call.has('pattern')
      ? { pattern: call.value('pattern') }
      : call.has('tag')
        ? { tags: call.values('tag') }
        : { keys: call.values('key') };
    const done = await ServiceClient.of(call).ask<WireInvalidated>('POST', '/v1/invalidate', body);
    if (call.has('json')) printJson(done);
    else print(`Invalidated ${done.selector}`);
    return 0;
  },
};
