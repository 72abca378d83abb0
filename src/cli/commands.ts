import type { Command } from './command.ts';

/** A command, loaded when it is called: `tiercel --help` needs no server. */
export interface CommandEntry {
  /** What it does, in a few words. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** The commands by name, in the order the help tells them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: { summary: 'Run the service and its live page', load: async () => (await import('./serve.ts')).serve },
  stats: {
    summary: 'Tell what was asked of a running service and how it was answered',
    load: async () => (await import('./stats.ts')).stats,
  },
  keys: { summary: 'List the keys that match a pattern', load: async () => (await import('./keys.ts')).keys },
  get: { summary: 'Print the entry under a key', load: async () => (await import('./get.ts')).get },
  set: { summary: 'Store a value under a key', load: async () => (await import('./set.ts')).set },
  explain: { summary: 'Tell what the cache knows of a key, and why it is so', load: async () => (await import('./explain.ts')).explain },
  memory: {
    summary: 'Tell how full memory is and what left it, and change its bounds or its policy',
    load: async () => (await import('./memory.ts')).memory,
  },
  invalidate: { summary: 'Drop entries by key, tag or pattern', load: async () => (await import('./invalidate.ts')).invalidate },
  trace: {
    summary: 'Record the accesses of a running service, for simulate',
    load: async () => (await import('./trace.ts')).trace,
  },
  simulate: {
    summary: 'Tell what share of a trace each eviction policy would answer',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  sessions: { summary: 'Tell when a venue trades, date by date', load: async () => (await import('./sessions.ts')).sessions },
  phase: { summary: 'Tell whether a venue is open, and why', load: async () => (await import('./phase.ts')).phase },
  doctor: { summary: 'Check that everything the service needs is there', load: async () => (await import('./doctor.ts')).doctor },
};
