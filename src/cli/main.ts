#!/usr/bin/env node
import { didYouMean } from '../config/nearest.ts';
import { CacheError, ConfigError } from '../errors.ts';
import { ListenError } from '../service/listen-error.ts';
import { VERSION } from '../service/version.ts';
import { parseCall, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';
import { helpOf, overview } from './help.ts';
import { ServiceError } from './service-client.ts';
import { complain, print } from './terminal.ts';

/** Runs the command that was typed, and tells how it ended: 0 fine, 1 failed, 2 not understood. */
async function main(typed: readonly string[]): Promise<number> {
  const [name, ...rest] = typed;
  if (name === undefined) {
    complain(overview());
    return 2;
  }
  if (name === '--help' || name === '-h' || name === 'help') return help(rest[0]);
  if (name === '--version') {
    print(VERSION);
    return 0;
  }
  const entry = COMMANDS[name];
  if (entry === undefined) throw unknownCommand(name);
  const command = await entry.load();
  const call = parseCall(command, rest, process.env);
  if (!call.has('help')) return command.run(call);
  print(helpOf(command));
  return 0;
}

async function help(name: string | undefined): Promise<number> {
  const entry = name === undefined ? undefined : COMMANDS[name];
  if (name !== undefined && entry === undefined) throw unknownCommand(name);
  print(entry ? helpOf(await entry.load()) : overview());
  return 0;
}

function unknownCommand(name: string): UsageError {
  return new UsageError(`There is no command "${name}"${didYouMean(name, Object.keys(COMMANDS)) || '; see tiercel --help'}`);
}

/** What is meant for people is told as it is; a bug is told with its stack. */
function tell(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError) {
    complain(error.message);
    return 2;
  }
  const isKnown = error instanceof ServiceError || error instanceof ListenError || error instanceof CacheError;
  complain(isKnown ? error.message : `Tiercel failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}

// A reader that has seen enough, such as head(1), closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await main(process.argv.slice(2)).catch(tell);
