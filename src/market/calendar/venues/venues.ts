import type { CalendarRules } from '../calendar-rules.ts';
import { XASX } from './australia.ts';
import { BVMF } from './brazil.ts';
import { XTSE } from './canada.ts';
import { XSHE, XSHG } from './china.ts';
import { XAMS, XBRU, XLIS, XMIL, XPAR } from './euronext.ts';
import { XETR, XFRA } from './germany.ts';
import { XHKG } from './hong-kong.ts';
import { XBOM, XNSE } from './india.ts';
import { XTKS } from './japan.ts';
import { XKRX } from './korea.ts';
import { XNZE } from './new-zealand.ts';
import { CRYPTO, FX } from './round-the-clock.ts';
import { XSES } from './singapore.ts';
import { XMAD } from './spain.ts';
import { XSTO } from './sweden.ts';
import { XSWX } from './switzerland.ts';
import { XTAI } from './taiwan.ts';
import { XLON } from './united-kingdom.ts';
import { ARCX, BATS, CMES, XASE, XCBF, XNAS, XNYS } from './united-states.ts';

/** Every venue whose rules there are, by its name: the Americas, Europe, Asia and the Pacific, the whole world. */
export const VENUES: ReadonlyMap<string, CalendarRules> = new Map(
  [
    [XNYS, XNAS, ARCX, XASE, BATS, XCBF, CMES, XTSE, BVMF],
    [XLON, XETR, XFRA, XPAR, XAMS, XBRU, XLIS, XMIL, XMAD, XSWX, XSTO],
    [XTKS, XHKG, XSHG, XSHE, XTAI, XKRX, XSES, XBOM, XNSE, XASX, XNZE],
    [FX, CRYPTO],
  ]
    .flat()
    .map((rules) => [rules.name, rules]),
);
