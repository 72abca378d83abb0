/**
 * Which venues are open, why the others are not, and what is announced this
 * morning.
 *
 *     node examples/venues.ts
 */

import { Calendars } from '../src/doors/market.ts';

const at = Date.parse('2026-11-26T15:00:00Z');

// #region venues
const calendars = new Calendars();
for (const mic of ['XNYS', 'XLON', 'XTKS', 'CMES', '24/7']) {
  const { phase, reason, until } = calendars.of(mic).phaseAt(at);
  console.log(mic.padEnd(5), phase.padEnd(7), reason, Number.isFinite(until) ? `until ${new Date(until).toISOString()}` : '');
}

const london = calendars.of('XLON');
london.override('2026-11-26', { close: '12:30', reason: 'failure of the exchange' });
console.log(london.phaseAt(at).reason); // failure of the exchange
console.log(london.checkAgainst('open', at)?.text);
// #endregion
