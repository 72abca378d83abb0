import type { WireExplanation } from '../service/wire.ts';
import { CLIENT_OPTIONS, type Command } from './command.ts';
import { evictionText } from './eviction-words.ts';
import { instant, milliseconds } from './figures.ts';
import { ServiceClient } from './service-client.ts';
import { columns } from './table.ts';
import { print, printJson, tone } from './terminal.ts';

/** `tiercel explain KEY` */
export const explain: Command = {
  usage: 'explain KEY [--json]',
  help: 'Tells what every tier has under a key, such as quote:AAPL, how fresh it is and why, what a read would do, and whether it left memory for want of room, as far as that is remembered.',
  args: [1, 1],
  options: CLIENT_OPTIONS,
  examples: ['tiercel explain quote:AAPL'],
  async run(call) {
    const told = await ServiceClient.of(call).ask<WireExplanation>('GET', `/v1/explain/${encodeURIComponent(call.args[0] ?? '')}`);
    if (call.has('json')) printJson(told);
    else print(describe(told));
    return 0;
  },
};

function describe(told: WireExplanation): string {
  const tiers = told.tiers.map(({ tier, state, entry }) => {
    const mark = state === 'fresh' ? tone('good', state) : state === 'stale' ? tone('warn', state) : tone('quiet', state);
    if (!entry) return [`  ${tier}`, mark];
    const about = [`asked for ${milliseconds(entry.ageMs)} ago`, `stale at ${instant(entry.staleAt)}`, entry.why];
    if (entry.tags.length > 0) about.push(`tags ${entry.tags.join(', ')}`);
    return [`  ${tier}`, mark, about.join(' · ')];
  });
  const kind = told.kind === '' ? 'a plain key' : `kind ${told.kind}`;
  return `${tone('strong', told.key)}  ${tone('quiet', `${kind}, namespace ${told.namespace}`)}\n${columns(tiers)}\n${told.verdict}\n${departuresOf(told)}`;
}

function departuresOf({ evictions, at }: WireExplanation): string {
  if (evictions.length === 0)
    return tone('quiet', 'it is not known to have left memory for want of room: the last 256 entries that did are remembered');
  return evictions.map((eviction) => `left memory ${evictionText(eviction, at)}`).join('\n');
}
