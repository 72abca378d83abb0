import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigError } from '../errors.ts';
import { checkSettings } from './check-settings.ts';
import { readEnvironment } from './environment.ts';
import type { Settings } from './settings.ts';

/** The file that is read when none is named. */
const DEFAULT_FILE = 'tiercel.yaml';

/** Of these one is set: whoever sets one in the environment means it in the place of the others in the file. */
const ENCRYPTION_KEYS: readonly string[] = ['encryption.keys', 'encryption.keysFile'];

/** Where settings come from; the later ones here win over the earlier. */
export interface SettingsSources {
  /** A YAML or JSON file. @default `tiercel.yaml` where the process runs, if there is one */
  readonly file?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Values by the path of their setting, each with the option it was given by. */
  readonly options: ReadonlyMap<string, { readonly name: string; readonly value: unknown }>;
}

/** Settings, and what the person who set them should know. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly warnings: readonly string[];
  /** The file that was read, if any. */
  readonly file: string | undefined;
}

/**
 * Reads the settings: options before environment before file before defaults.
 *
 * @throws ConfigError that says what to write, when one cannot be used.
 */
export function loadSettings(sources: SettingsSources): LoadedSettings {
  const file = sources.file ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  const given = file === undefined ? {} : readSettingsFile(file);
  const environment = readEnvironment(sources.environment);
  const names = new Map(environment.names);
  if (ENCRYPTION_KEYS.some((path) => environment.values.has(path))) {
    for (const path of ENCRYPTION_KEYS) place(given, path, undefined);
  }
  for (const [path, value] of environment.values) place(given, path, value);
  for (const [path, { name, value }] of sources.options) {
    place(given, path, value);
    names.set(path, name);
  }
  const settings = checkSettings(given, (path) => names.get(path) ?? (path === '' ? (file ?? 'The configuration') : path));
  return { settings, warnings: environment.warnings, file };
}

/** YAML is read by its core schema, of which JSON is a part: no tag makes anything but plain data. */
function readSettingsFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`The configuration file ${resolve(file)} cannot be read: ${(cause as Error).message}`, { cause });
  }
  // A picture of the place would show what stands there, which may be a token or a key.
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    const [what] = problem.message.split(': "');
    throw new ConfigError(`The configuration file ${file} is not YAML: ${what}, at line ${line}, column ${col}`);
  }
  const read: unknown = document.toJS() ?? {};
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new ConfigError(`The configuration file ${file} is no group of settings; begin with lines such as "server:"`);
  // A check of the settings by their names would pass over this one in silence.
  if (JSON.stringify(read).includes('"__proto__":'))
    throw new ConfigError(`The configuration file ${file} holds "__proto__", which is no setting`);
  return read as Record<string, unknown>;
}

/** Sets a value at a path, making the groups on the way; what is no group there is left, to be refused by its name. */
function place(given: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let group = given;
  for (const name of names) {
    group[name] ??= {};
    const next = group[name];
    if (typeof next !== 'object' || next === null) return;
    group = next as Record<string, unknown>;
  }
  group[last] = value;
}
