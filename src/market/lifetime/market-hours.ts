/** What a venue is doing at an instant, and until when; a calendar tells it. Instants are epoch milliseconds. */
export interface MarketSpan {
  readonly phase: string;
  /** For people: `Thanksgiving`, `weekend`, `outside hours`. */
  readonly reason: string;
  /** When the phase ends; `Infinity` for what never does. */
  readonly until: number;
  /** Whether the day was checked (`known`), or rules are carried on (`projected`). */
  readonly confidence: 'known' | 'projected';
}

/** The hours of a venue, as far as lifetimes ask for them. */
export interface MarketHours {
  /** The venue's name: `XNYS`. */
  readonly name: string;
  /** What the venue is doing at an instant. */
  phaseAt(at: number): MarketSpan;
}

/** A venue may rest for so many phases one after another. */
const MOST_PHASES = 1_000;

/** The first instant from `at` on at which a venue is in one of the phases; `Infinity` where none is near. */
export function nextIn(hours: MarketHours, phases: ReadonlySet<string>, at: number): number {
  let from = at;
  for (let tries = 0; tries < MOST_PHASES && from < Number.POSITIVE_INFINITY; tries += 1) {
    const { phase, until } = hours.phaseAt(from);
    if (phases.has(phase)) return from;
    from = until;
  }
  return Number.POSITIVE_INFINITY;
}
