/** Known indices by the symbols that people and Yahoo use: where they are reckoned, and what Massive calls them. */
const INDICES: Readonly<Record<string, { readonly venue: string; readonly massive?: string }>> = {
  '^GSPC': { venue: 'XNYS', massive: 'SPX' },
  '^DJI': { venue: 'XNYS', massive: 'DJI' },
  '^NYA': { venue: 'XNYS' },
  '^IXIC': { venue: 'XNAS', massive: 'COMP' },
  '^NDX': { venue: 'XNAS', massive: 'NDX' },
  '^RUT': { venue: 'XNYS', massive: 'RUT' },
  '^VIX': { venue: 'XCBO', massive: 'VIX' },
  '^FTSE': { venue: 'XLON' },
  '^GDAXI': { venue: 'XETR' },
  '^STOXX50E': { venue: 'XETR' },
  '^FCHI': { venue: 'XPAR' },
  '^AEX': { venue: 'XAMS' },
  '^BFX': { venue: 'XBRU' },
  '^IBEX': { venue: 'XMAD' },
  '^SSMI': { venue: 'XSWX' },
  '^OMX': { venue: 'XSTO' },
  '^GSPTSE': { venue: 'XTSE' },
  '^BVSP': { venue: 'BVMF' },
  '^MXX': { venue: 'XMEX' },
  '^N225': { venue: 'XTKS' },
  '^HSI': { venue: 'XHKG' },
  '^KS11': { venue: 'XKRX' },
  '^TWII': { venue: 'XTAI' },
  '^STI': { venue: 'XSES' },
  '^AXJO': { venue: 'XASX' },
  '^AORD': { venue: 'XASX' },
  '^NZ50': { venue: 'XNZE' },
  '^NSEI': { venue: 'XNSE' },
  '^NSEBANK': { venue: 'XNSE' },
  '^BSESN': { venue: 'XBOM' },
};

const FROM_MASSIVE: ReadonlyMap<string, string> = new Map(
  Object.entries(INDICES).flatMap(([symbol, { massive }]): [string, string][] => (massive === undefined ? [] : [[massive, symbol]])),
);

/** The venue an index follows; `undefined` for one that is not known here. */
export function venueOfIndex(symbol: string): string | undefined {
  return Object.hasOwn(INDICES, symbol) ? INDICES[symbol]?.venue : undefined;
}

/** What Massive calls an index, behind its `I:`. */
export function massiveIndex(symbol: string): string | undefined {
  return Object.hasOwn(INDICES, symbol) ? INDICES[symbol]?.massive : undefined;
}

/** The index that Massive calls so. */
export function indexFromMassive(name: string): string | undefined {
  return FROM_MASSIVE.get(name);
}
