import { styleText } from 'node:util';

/** How a text is meant: set off where the terminal can show it, and plain where it cannot or NO_COLOR is set. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'strong';

const STYLES = { good: 'green', warn: 'yellow', bad: 'red', quiet: 'dim', strong: 'bold' } as const;

/** A text in its tone. */
export function tone(kind: Tone, text: string): string {
  return hasColour() ? styleText(STYLES[kind], text) : text;
}

/** Prints what was asked for. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a value for programs. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Prints what went wrong, or what a person should know beside the answer. */
export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

function hasColour(): boolean {
  const { NO_COLOR: noColour } = process.env;
  return process.stdout.isTTY === true && (noColour === undefined || noColour === '');
}
