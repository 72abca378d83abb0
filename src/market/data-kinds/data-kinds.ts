import type { Bar } from '../bar.ts';
import type { Quote } from '../quote.ts';
import type { DataKind, DataKindName, Dated, Versioned } from './data-kind.ts';

/** What values the kinds have; of most, only what orders them is known here. */
export interface DataKindValues {
  readonly quote: Quote;
  readonly trade: Dated;
  readonly bars: readonly Bar[];
  readonly book: Dated;
  readonly fundamentals: Dated;
  readonly news: unknown;
  readonly earnings: Dated;
  readonly corporateAction: unknown;
  readonly reference: Dated;
  readonly features: Dated;
  readonly prediction: Dated;
  readonly model: Versioned;
  readonly signal: Dated;
  readonly analysis: Dated;
  readonly portfolio: Dated;
  readonly performance: Dated;
}

type Description = Omit<DataKind<never>, 'name' | 'order' | 'ordering'>;

/** Of an instrument, and moved by its trading alone. */
const TRADED = { changesInExtendedHours: true, changesWhileClosed: false, isOfInstrument: true };
/** Of an instrument, and moved by what is made known at any hour. */
const TOLD = { changesInExtendedHours: true, changesWhileClosed: true, isOfInstrument: true };
/** Of no one instrument, and moved at any hour. */
const OWN = { changesInExtendedHours: true, changesWhileClosed: true, isOfInstrument: false };

/** The kinds of data that trading platforms keep, each with how it ages. */
export const DATA_KINDS: { readonly [N in DataKindName]: DataKind<DataKindValues[N]> } = {
  quote: dated('quote', {
    what: 'what one unit costs, with bid and ask',
    ages: 'within seconds while it is traded, the faster the more its price moves; not at all while nothing trades',
    ...TRADED,
  }),
  trade: dated('trade', {
    what: 'the last trades',
    ages: 'with each trade; the trades themselves never change',
    ...TRADED,
  }),
  bars: {
    name: 'bars',
    ordering: 'eventTime',
    order: (bars) => numberIn(Array.isArray(bars) ? bars.at(-1) : undefined, 'startAt'),
    what: 'prices over intervals: open, high, low, close, volume',
    ages: 'its last bar until that is over, and settled; earlier ones with a split or a dividend alone',
    ...TRADED,
  },
  book: dated('book', {
    what: 'the orders that stand, by price',
    ages: 'within parts of a second while it is traded',
    ...TRADED,
  }),
  fundamentals: dated('fundamentals', {
    what: 'what a company reports: income, balance, ratios',
    ages: 'with each report: four times a year, and around the date of earnings within minutes',
    ...TOLD,
  }),
  news: undated('news', {
    what: 'headlines of an instrument, newest first',
    ages: 'at any hour; less at night and on rest days',
    ...TOLD,
  }),
  earnings: dated('earnings', {
    what: 'when a company reports, what was expected and what it told',
    ages: 'as the date is moved; it is known at a time, and that time counts',
    ...TOLD,
  }),
  corporateAction: undated('corporateAction', {
    what: 'splits, dividends, mergers, changes of symbol',
    ages: 'when one is announced; it takes effect before an opening',
    ...TOLD,
  }),
  reference: dated('reference', {
    what: 'what an instrument is: name, venue, currency, lot, tick',
    ages: 'over days',
    ...TOLD,
  }),
  features: dated('features', {
    what: 'numbers reckoned from bars, which models read',
    ages: 'with the bar that feeds them; not at all while that cannot change',
    ...TRADED,
  }),
  prediction: dated('prediction', {
    what: 'what a model expects of an instrument',
    ages: 'with its features and its horizon, and at once with a new version of its model',
    ...TRADED,
  }),
  model: {
    name: 'model',
    ordering: 'version',
    order: (value) => numberIn(value, 'version'),
    what: 'a trained model',
    ages: 'at once, with a new version; else not',
    ...OWN,
  },
  signal: dated('signal', {
    what: 'what a strategy would do',
    ages: 'with the prices it was made of',
    ...TRADED,
  }),
  analysis: dated('analysis', {
    what: 'what a person or a program has worked out',
    ages: 'over hours',
    ...TOLD,
  }),
  portfolio: dated('portfolio', {
    what: 'what is held, and what it is worth',
    ages: 'with each fill at once, and with prices',
    ...OWN,
  }),
  performance: dated('performance', {
    what: 'how a strategy or a portfolio has done',
    ages: 'as the day goes on',
    ...OWN,
  }),
};

/** Whether a text names a kind of data. */
export function isDataKind(text: string): text is DataKindName {
  return Object.hasOwn(DATA_KINDS, text);
}

function dated(name: DataKindName, description: Description): DataKind<Dated> {
  return { name, ordering: 'eventTime', order: (value) => numberIn(value, 'asOf'), ...description };
}

function undated(name: DataKindName, description: Description): DataKind<unknown> {
  return { name, ordering: 'none', ...description };
}

/** A number of a value, NaN where it has none: what users keep under a kind may be anything. */
function numberIn(value: unknown, name: string): number {
  const number: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof number === 'number' ? number : Number.NaN;
}
