import { COMMON_OPTIONS, type Command, type OptionSpec } from './command.ts';
import { COMMANDS } from './commands.ts';
import { columns } from './table.ts';

/** The help of the whole command line. */
export function overview(): string {
  return [
    'Tiercel: a market-aware, multi-tier cache.',
    '',
    'Usage: tiercel COMMAND [OPTIONS]',
    '',
    'Commands:',
    columns(Object.entries(COMMANDS).map(([name, { summary }]) => [`  ${name}`, summary])),
    '',
    'Every command takes --json, and --help tells more of it. Try:',
    '',
    '  tiercel serve --demo',
    '  open http://127.0.0.1:8083/',
    '',
    'Exit codes: 0 fine, 1 failed, 2 not understood.',
  ].join('\n');
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS });
  return [
    `Usage: tiercel ${command.usage}`,
    '',
    command.help,
    '',
    'Options:',
    columns(
      options.map(([name, option]) => [
        `  ${optionUsage(name, option)}`,
        option.isRepeatable ? `${option.help}; may be repeated` : option.help,
      ]),
    ),
    '',
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
}

function optionUsage(name: string, option: OptionSpec): string {
  return option.value === undefined ? `--${name}` : `--${name} ${option.value}`;
}
