import type { CalendarRules } from '../calendar-rules.ts';
import { WEEKDAYS } from '../day.ts';

/** Foreign exchange: from Sunday 17:00 to Friday 17:00 in New York, where its day ends. No holidays: it thins out, and goes on. */
export const FX: CalendarRules = {
  name: '24/5',
  title: 'Foreign exchange',
  timeZone: 'America/New_York',
  hours: [{ open: '17:00', opensDayBefore: true, close: '17:00' }],
  coverage: { from: '1970-01-01', to: '2099-12-31' },
};

/** Crypto: always open; its sessions are the days of UTC, by which its daily bars are counted. */
export const CRYPTO: CalendarRules = {
  name: '24/7',
  title: 'Crypto',
  timeZone: 'UTC',
  hours: [{ weekdays: WEEKDAYS, open: '00:00', close: '24:00' }],
  coverage: { from: '1970-01-01', to: '2099-12-31' },
};
