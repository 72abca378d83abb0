import { describe, expect, test } from 'vitest';
import { type Command, parseCall, UsageError } from '../../src/cli/command.ts';
import { bytes, count, instant, milliseconds, percent } from '../../src/cli/figures.ts';
import { entryPath, ServiceClient } from '../../src/cli/service-client.ts';
import { columns } from '../../src/cli/table.ts';

const command: Command = {
  usage: 'try KEY [--ttl TIME]',
  help: 'Tries.',
  args: [1, 2],
  options: {
    ttl: { value: 'TIME', help: 'How long' },
    tag: { value: 'TAG', isRepeatable: true, help: 'A tag' },
    force: { help: 'Anyway' },
  },
  examples: [],
  run: async () => 0,
};
const parse = (...typed: string[]) => parseCall(command, typed, {});

describe('parseCall', () => {
  test('takes options before, between and after arguments, with a space or "="', () => {
    const call = parse('--ttl', '5s', 'a', '--force', 'b', '--tag=x', '--tag', 'y');
    expect(call.args).toEqual(['a', 'b']);
    expect(call.value('ttl')).toBe('5s');
    expect(call.values('tag')).toEqual(['x', 'y']);
    expect([call.has('force'), call.has('json')]).toEqual([true, false]);
    expect(call.value('url')).toBeUndefined();
  });

  test('takes what follows "--" as it is', () => {
    expect(parse('--', '--ttl').args).toEqual(['--ttl']);
  });

  test.each([
    [[], 'Something is missing; write: tiercel try KEY [--ttl TIME]'],
    [['a', 'b', 'c'], '"c" is too much'],
    [['a', '--tll', '5s'], 'There is no option --tll; did you mean "--ttl"?'],
    [['a', '--frobnicate'], 'There is no option --frobnicate; there are: --ttl, --tag, --force, --json, --help'],
    [['a', '-x'], 'There is no option -x'],
    [['a', '--ttl'], '--ttl needs a value; write --ttl TIME'],
    [['a', '--ttl='], '--ttl needs a value'],
    [['a', '--force=yes'], '--force takes no value'],
    [['a', '--ttl', '1s', '--ttl', '2s'], '--ttl was given 2 times; give it once'],
  ])('refuses %j', (typed, says) => {
    expect(() => parse(...typed)).toThrow(UsageError);
    expect(() => parse(...typed)).toThrow(says);
  });

  test('counts no arguments when help is asked for', () => {
    expect(parse('--help').has('help')).toBe(true);
  });
});

describe('what is printed', () => {
  test('stands in columns, with colours that take no room', () => {
    expect(
      columns(
        [
          ['a', '1'],
          ['\u001b[32mbbb\u001b[39m', '22'],
        ],
        ['left', 'right'],
      ),
    ).toBe('a     1\n\u001b[32mbbb\u001b[39m  22');
    expect(columns([])).toBe('');
  });

  test.each([
    [null, '–'],
    [0, '0 s'],
    [0.0123, '12 µs'],
    [12.345, '12.3 ms'],
    [5_000, '5 s'],
    [-4_000, '-4 s'],
    [600_000, '10 min'],
    [5_400_000, '90 min'],
    [36_000_000, '10 h'],
    [604_800_000, '7 days'],
  ])('tells %j ms as %s', (ms, text) => {
    expect(milliseconds(ms)).toBe(text);
  });

  test('tells sizes, shares, counts and instants as people read them', () => {
    expect([0, 1_023, 1_536, 5 * 1_024 ** 3].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KB', '5 GB']);
    expect([null, 0, 0.756, 1].map(percent)).toEqual(['–', '0.0 %', '75.6 %', '100.0 %']);
    expect(count(1_234_567)).toBe('1,234,567');
    expect(instant(Date.parse('2026-01-05T14:30:00.123Z'))).toBe('2026-01-05 14:30:00Z');
  });
});

describe('what is asked of the service', () => {
  test('is the path of an entry, by its key', () => {
    expect(entryPath('signal:AAPL')).toBe('/v1/entries/signal/AAPL');
    expect(entryPath('signal:a/b:c?')).toBe('/v1/entries/signal/a%2Fb%3Ac%3F');
    for (const key of ['AAPL', ':AAPL', 'signal:', '']) expect(() => entryPath(key)).toThrow('write KIND:KEY');
  });

  test.each(['nope', 'ftp://x', 'file:///etc/passwd', ''])('is refused at "%s"', (url) => {
    expect(() => new ServiceClient(url)).toThrow(UsageError);
  });

  test('takes a URL with or without a slash at its end', () => {
    expect(new ServiceClient('http://127.0.0.1:1/').url).toBe('http://127.0.0.1:1');
  });
});
