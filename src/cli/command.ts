import { parseArgs } from 'node:util';
import { didYouMean } from '../config/nearest.ts';

/** An option a command takes. */
export interface OptionSpec {
  /** How its value is called in the help; without one it is a flag. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly isRepeatable?: boolean;
  readonly help: string;
}

/** What the person typed after the name of a command. */
export interface Call {
  readonly args: readonly string[];
  /** The values of an option, in the order given; none when it was left out. */
  values(option: string): readonly string[];
  /** The last value of an option. */
  value(option: string): string | undefined;
  /** Whether a flag was given. */
  has(flag: string): boolean;
  readonly environment: NodeJS.ProcessEnv;
}

/** How a command ended, for the shell. */
export type ExitCode = 0 | 1;

/** One command of the command line. */
export interface Command {
  /** How it is called: `get KEY`. */
  readonly usage: string;
  /** What it does, in a sentence or two. */
  readonly help: string;
  /** How many arguments it takes, at least and at most. */
  readonly args: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  run(call: Call): Promise<ExitCode>;
}

/** What was typed cannot be understood; the message says what to type. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  json: { help: 'Print JSON, for programs' },
  help: { help: 'Tell how this command is used' },
};

/** Options of the commands that talk to a running service. */
export const CLIENT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  url: { value: 'URL', help: 'Where the service is (default TIERCEL_URL, else http://127.0.0.1:8083)' },
};

/**
 * Reads what was typed after the name of a command.
 *
 * @throws UsageError when an option is unknown or lacks its value, or when there are too few or too many arguments.
 */
export function parseCall(command: Command, typed: readonly string[], environment: NodeJS.ProcessEnv): Call {
  const specs: Readonly<Record<string, OptionSpec>> = { ...command.options, ...COMMON_OPTIONS };
  const { tokens } = parseArgs({
    args: [...typed],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [name, { type: spec.value === undefined ? 'boolean' : 'string' }]),
    ),
  });
  const args: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = specs[token.name];
    if (spec === undefined) throw new UsageError(unknownOption(token.rawName, token.name, specs));
    given.set(token.name, [...(given.get(token.name) ?? []), optionValue(token, spec)]);
  }
  for (const [name, values] of given) {
    if (values.length > 1 && !specs[name]?.isRepeatable) throw new UsageError(`--${name} was given ${values.length} times; give it once`);
  }
  if (!given.has('help')) assertCount(command, args);
  return {
    args,
    environment,
    values: (option) => given.get(option) ?? [],
    value: (option) => given.get(option)?.at(-1),
    has: (flag) => given.has(flag),
  };
}

function optionValue(token: { readonly name: string; readonly value: string | undefined }, spec: OptionSpec): string {
  if (spec.value === undefined) {
    if (token.value !== undefined) throw new UsageError(`--${token.name} takes no value; write just --${token.name}`);
    return 'true';
  }
  if (token.value === undefined || token.value === '')
    throw new UsageError(`--${token.name} needs a value; write --${token.name} ${spec.value}`);
  return token.value;
}

function unknownOption(raw: string, name: string, specs: Readonly<Record<string, OptionSpec>>): string {
  const names = Object.keys(specs).map((one) => `--${one}`);
  return `There is no option ${raw}${didYouMean(`--${name}`, names) || `; there are: ${names.join(', ')}`}`;
}

function assertCount(command: Command, args: readonly string[]): void {
  const [least, most] = command.args;
  if (args.length < least) throw new UsageError(`Something is missing; write: tiercel ${command.usage}`);
  if (args.length > most) {
    throw new UsageError(`"${args[most]}" is too much; write: tiercel ${command.usage} (put quotes around a text with spaces or stars)`);
  }
}
