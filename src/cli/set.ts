import type { WireStored } from '../service/wire.ts';
import { CLIENT_OPTIONS, type Command } from './command.ts';
import { entryPath, ServiceClient } from './service-client.ts';
import { print, printJson } from './terminal.ts';

/** `tiercel set KEY VALUE` */
export const set: Command = {
  usage: 'set KEY VALUE [--ttl TIME] [--tag TAG] [--json]',
  help: 'Stores a value under a key, such as signal:AAPL. A value that is JSON is stored as what it stands for, any other as text.',
  args: [2, 2],
  options: {
    ...CLIENT_OPTIONS,
    ttl: { value: 'TIME', help: 'How long it is fresh, such as 30s, 10m, 1h, or milliseconds (default: as its kind)' },
    tag: { value: 'TAG', isRepeatable: true, help: 'A name to invalidate it by, with others' },
  },
  examples: [
    `tiercel set signal:AAPL '{"side":"buy","confidence":0.8}' --ttl 10m --tag sym:AAPL`,
    'tiercel set analysis:note "earnings on Thursday"',
  ],
  async run(call) {
    const [key = '', text = ''] = call.args;
    const given = call.value('ttl');
    const ttl = given !== undefined && /^\d+$/.test(given) ? Number(given) : given;
    const tags = call.values('tag');
    const body = { value: parsed(text), ...(ttl === undefined ? {} : { ttl }), ...(tags.length === 0 ? {} : { tags }) };
    const done = await ServiceClient.of(call).ask<WireStored>('PUT', entryPath(key), body);
    if (call.has('json')) printJson(done);
    else print(done.isStored ? `Stored ${key}` : `${key} holds a newer value, which stays`);
    return 0;
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
