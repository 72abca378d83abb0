import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.ts';

/** The text in the file that a setting names. @throws ConfigError naming the setting, when it cannot be read. */
export function textIn(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${setting} is ${file}, which cannot be read: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}
