/**
 * US symbols with more than a root: a class of shares, preferred shares, warrants,
 * units, rights, what is not issued yet.
 *
 * Ours is a dot and what the consolidated tape's older notation says: `BRK.B`,
 * `BAC.PRL`, `OXY.WS`, `AACT.U`, `CELG.RT`, `POST.WI`. Yahoo and others write it
 * otherwise; which is which stands in the tables below.
 */

const ROOT_AND_MARK = /^([A-Z]{1,6})\.([A-Z]|PR[A-Z]?|WS[A-Z]?|RT|WI)$/;
const PLAIN = /^[A-Z]{1,5}$/;

/** Whether a text is a US symbol in our form. */
export function isUsSymbol(text: string): boolean {
  return PLAIN.test(text) || ROOT_AND_MARK.test(text);
}

/** Root and mark of a US symbol; no mark for a plain one. */
export function partsOfUsSymbol(symbol: string): { readonly root: string; readonly mark: string } {
  const [, root = symbol, mark = ''] = ROOT_AND_MARK.exec(symbol) ?? [];
  return { root, mark };
}

/** Our form of a US symbol, whichever mark stands before its class: `BRK-B`, `BRK/B` and `BRK.B` are one. */
export function usSymbol(text: string): string {
  const [, root = '', between = '', mark = ''] = /^([A-Z]{1,6})([./-])([A-Z.]+)$/.exec(text) ?? [];
  if (root === '') return text;
  const ours = between === '-' ? fromYahooMark(mark) : fromDottedMark(mark);
  return ours === undefined ? text : `${root}.${ours}`;
}

/** The mark as Yahoo writes it, behind a hyphen; `undefined` where Yahoo's form is not known. */
export function toYahooMark(mark: string): string | undefined {
  if (mark.startsWith('PR')) return `P${mark.slice(2)}`;
  if (mark.startsWith('WS')) return `WT${mark.slice(2)}`;
  if (mark === 'U') return 'UN';
  if (mark === 'RT') return 'RI';
  // Behind Yahoo's hyphen, P stands for preferred.
  return mark === 'P' ? undefined : mark;
}

/** Our mark of one that Yahoo writes. */
export function fromYahooMark(mark: string): string | undefined {
  if (/^P[A-Z]?$/.test(mark)) return `PR${mark.slice(1)}`;
  if (/^WT[A-Z]?$/.test(mark)) return `WS${mark.slice(2)}`;
  if (mark === 'UN') return 'U';
  if (mark === 'RI') return 'RT';
  return /^(?:[A-Z]|WI)$/.test(mark) ? mark : undefined;
}

/** The mark as the tape's own notation (CQS) has it, root and all: `BACpL`, `OXY.WS`, `CELGr`. */
export function toTapeSymbol(symbol: string): string {
  const { root, mark } = partsOfUsSymbol(symbol);
  if (mark === '') return root;
  if (mark.startsWith('PR')) return `${root}p${mark.slice(2)}`;
  if (mark === 'RT') return `${root}r`;
  if (mark === 'WI') return `${root}w`;
  return mark.startsWith('WS') && mark.length === 3 ? `${root}.WS.${mark[2]}` : `${root}.${mark}`;
}

/** Our form of a symbol in the tape's own notation, in which small letters say something; `undefined` for none. */
export function fromTapeSymbol(text: string): string | undefined {
  const [, root = '', small, letter = ''] = /^([A-Z]{1,6})(p|r|w)([A-Z]?)$/.exec(text) ?? [];
  if (small === 'p') return `${root}.PR${letter}`;
  if (small !== undefined && letter === '') return `${root}.${small === 'r' ? 'RT' : 'WI'}`;
  const dotted = usSymbol(text);
  return isUsSymbol(dotted) && toTapeSymbol(dotted) === text ? dotted : undefined;
}

function fromDottedMark(mark: string): string | undefined {
  const joined = mark.replace('.', '');
  if (joined === 'UN') return 'U';
  return /^(?:[A-Z]|PR[A-Z]?|WS[A-Z]?|RT|WI)$/.test(joined) ? joined : undefined;
}
