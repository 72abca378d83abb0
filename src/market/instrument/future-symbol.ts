/** What the symbol of a future says. */
export interface FutureTerms {
  /** What is traded: `ES`. */
  readonly root: string;
  /** The month of delivery: `2026-12`; absent for the front month, whichever it is. */
  readonly month: string | undefined;
}

/** A market of futures: its roots, and what Yahoo writes behind their contracts. */
interface FuturesMarket {
  readonly venue: string;
  readonly yahooSuffix: string | undefined;
  readonly roots: string;
}

/** The letters of the months, January first. */
const MONTHS = 'FGHJKMNQUVXZ';

const MARKETS: readonly FuturesMarket[] = [
  {
    venue: 'CMES',
    yahooSuffix: 'CME',
    roots: 'ES NQ RTY MES MNQ M2K NKD 6A 6B 6C 6E 6J 6L 6M 6N 6S M6E M6A M6B GE SR3 SR1 HE LE GF LBR BTC MBT ETH MET EMD',
  },
  { venue: 'CMES', yahooSuffix: 'CBT', roots: 'YM MYM ZB ZN ZF ZT ZQ UB TN ZC ZS ZW ZL ZM ZO ZR KE' },
  { venue: 'CMES', yahooSuffix: 'NYM', roots: 'CL MCL NG RB HO BZ QM QG PL PA' },
  { venue: 'CMES', yahooSuffix: 'CMX', roots: 'GC MGC SI SIL HG MHG QO QI ALI' },
  { venue: 'IFUS', yahooSuffix: 'NYB', roots: 'KC SB CC CT OJ DX' },
  { venue: 'XCBF', yahooSuffix: undefined, roots: 'VX VXM' },
  { venue: 'XEUR', yahooSuffix: undefined, roots: 'FDAX FDXM FESX FGBL FGBM FGBS FGBX FSMI' },
];

const MARKET_OF_ROOT: ReadonlyMap<string, FuturesMarket> = new Map(
  MARKETS.flatMap((market) => market.roots.split(' ').map((root): [string, FuturesMarket] => [root, market])),
);

const CONTRACT = new RegExp(`^([A-Z0-9]{1,4})([${MONTHS}])(\\d{2}|20\\d{2})$`);
const SHORT_CONTRACT = new RegExp(`^([A-Z0-9]{1,4})([${MONTHS}])(\\d)$`);
const FRONT = /^([A-Z0-9]{1,4})=F$/;

/** The terms of a symbol such as `ESZ26`, `ESZ2026` or `ES=F`; `undefined` for another form. */
export function futureTerms(text: string): FutureTerms | undefined {
  const [, front] = FRONT.exec(text) ?? [];
  if (front !== undefined) return { root: front, month: undefined };
  const [, root, letter, year] = CONTRACT.exec(text) ?? [];
  if (root === undefined || letter === undefined || year === undefined) return undefined;
  const month = String(MONTHS.indexOf(letter) + 1).padStart(2, '0');
  return { root, month: `20${year.slice(-2)}-${month}` };
}

/** The symbol of a future: `ESZ26`, or `ES=F` for the front month. */
export function futureSymbol({ root, month }: FutureTerms): string {
  return month === undefined ? `${root}=F` : `${root}${MONTHS[Number(month.slice(5)) - 1]}${month.slice(2, 4)}`;
}

/** The contract of a known root, the year of which is told by one digit: it comes again every ten years. */
export function shortContract(text: string): { readonly root: string; readonly rest: string; readonly digit: string } | undefined {
  const [, root = '', rest = '', digit = ''] = SHORT_CONTRACT.exec(text) ?? [];
  return MARKET_OF_ROOT.has(root) ? { root, rest, digit } : undefined;
}

/** Where a root is traded; `undefined` for one that is not known here. */
export function venueOfRoot(root: string): string | undefined {
  return MARKET_OF_ROOT.get(root)?.venue;
}

/** What Yahoo writes behind the contracts of a root, without the dot: `CME`, `NYM`; `undefined` where that is not known. */
export function yahooSuffixOfRoot(root: string): string | undefined {
  return MARKET_OF_ROOT.get(root)?.yahooSuffix;
}

/** Whether Yahoo writes this behind contracts of futures: `CME`, `CBT`. */
export function isFuturesSuffix(suffix: string): boolean {
  return MARKETS.some(({ yahooSuffix }) => yahooSuffix === suffix);
}
