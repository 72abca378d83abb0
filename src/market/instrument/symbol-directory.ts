import { ConfigError, KeyError } from '../../errors.ts';
import { type Instrument, type InstrumentFacts, instrument } from './instrument.ts';

/** What a directory is told of one instrument. */
export interface DirectoryEntry extends InstrumentFacts {
  /** Further texts that mean it: an ISIN, a name of your own. @default none */
  readonly names?: readonly string[];
}

/** How much a directory holds. */
export interface DirectoryOptions {
  /** Instruments and names together; more are refused. @default 500_000 */
  readonly maxNames?: number;
}

/**
 * What you know of instruments and no rule can tell: which are funds, which exchange
 * lists them, what else they are called.
 *
 * @example
 * const directory = new SymbolDirectory();
 * directory.add({ symbol: 'SPY', venue: 'ARCX', assetClass: 'etf', names: ['US78462F1030'] });
 * parseInstrument('SPY', { directory }).assetClass; // 'etf'
 */
export class SymbolDirectory {
  readonly #maxNames: number;
  readonly #byId = new Map<string, Instrument>();
  readonly #byName = new Map<string, Instrument>();

  constructor(options: DirectoryOptions = {}) {
    this.#maxNames = options.maxNames ?? 500_000;
    if (!(this.#maxNames >= 1)) throw new ConfigError(`\`maxNames\` is ${this.#maxNames}; give a number from 1 up`);
  }

  /** How many instruments it holds. */
  get size(): number {
    return this.#byId.size;
  }

  /**
   * Adds an instrument, or replaces what was known of one of the same id.
   *
   * @throws KeyError when its venue can have no such symbol, or a name is taken by another instrument.
   * @throws ConfigError when the directory is full, or the entry cannot be used.
   */
  add(entry: DirectoryEntry): Instrument {
    const added = instrument(entry);
    const names = (entry.names ?? []).map(folded);
    for (const name of names) {
      const owner = this.#byName.get(name);
      if (owner && owner.id !== added.id) throw new KeyError(`"${name}" already means ${owner.id}; give ${added.id} another name`);
    }
    const newNames = names.filter((name) => !this.#byName.has(name)).length + (this.#byId.has(added.id) ? 0 : 1);
    if (this.#byId.size + this.#byName.size + newNames > this.#maxNames)
      throw new ConfigError(`The directory is full with ${this.#maxNames} instruments and names; raise \`maxNames\``);
    for (const [name, owner] of this.#byId.has(added.id) ? this.#byName : []) if (owner.id === added.id) this.#byName.set(name, added);
    this.#byId.set(added.id, added);
    for (const name of names) this.#byName.set(name, added);
    return added;
  }

  /** The instrument of an id. */
  get(id: string): Instrument | undefined {
    return this.#byId.get(id);
  }

  /** The instrument that a text was given as a name for; case and blanks around it do not count. */
  named(text: string): Instrument | undefined {
    return this.#byName.size === 0 ? undefined : this.#byName.get(folded(text));
  }
}

function folded(text: string): string {
  return text.trim().toUpperCase();
}
