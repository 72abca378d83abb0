/** What an option symbol says (OCC, Options Symbology Initiative of 2010). */
export interface OptionTerms {
  /** What the option is on, as the clearing house writes it: `AAPL`, `BRKB`. */
  readonly root: string;
  /** The last day: `2026-12-18`. */
  readonly expiry: string;
  readonly right: 'call' | 'put';
  /** In units of the currency: 200 for `00200000`. */
  readonly strike: number;
}

const FORM = /^([A-Z][A-Z0-9]{0,5}) *(\d{2})(\d{2})(\d{2})([CP])(\d{8})$/;

/** Whether a text has the form of an option symbol, in 21 characters with blanks or without them; its date may be none. */
export function looksLikeOption(text: string): boolean {
  return FORM.test(text);
}

/**
 * The terms of an option symbol: root, date, right, and strike in thousandths;
 * `undefined` for what is none, or where its date is none.
 */
export function optionTerms(text: string): OptionTerms | undefined {
  const [, root, year, month, day, right, thousandths] = FORM.exec(text) ?? [];
  if (root === undefined) return undefined;
  const expiry = `20${year}-${month}-${day}`;
  const at = Date.parse(expiry);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== expiry) return undefined;
  return { root, expiry, right: right === 'C' ? 'call' : 'put', strike: Number(thousandths) / 1_000 };
}

/** The symbol of an option, without blanks: `AAPL261218C00200000`. */
export function optionSymbol({ root, expiry, right, strike }: OptionTerms): string {
  const thousandths = Math.round(strike * 1_000);
  return `${root}${expiry.slice(2).replaceAll('-', '')}${right === 'call' ? 'C' : 'P'}${String(thousandths).padStart(8, '0')}`;
}
