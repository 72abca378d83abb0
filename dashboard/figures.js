// @ts-check
/** Numbers as people read them. */

/** @param {number} value */
export const count = (value) =>
  value < 1_000_000
    ? value.toLocaleString('en-US')
    : Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 }).format(value);
/** @param {number | null} value */
export const percent = (value) => (value === null ? '–' : `${(value * 100).toFixed(value > 0.9995 && value < 1 ? 2 : 1)} %`);
/** @param {number} part */
export const share = (part) => (part > 0 && part < 0.01 ? 'under 1 %' : `${Math.round(part * 100)} %`);
/** @param {number} value */
export const rate = (value) => (value < 10 ? value.toFixed(1) : count(Math.round(value)));

/** @param {number | null} value */
export function milliseconds(value) {
  if (value === null) return '–';
  if (value < 1) return `${Math.round(value * 1_000)} µs`;
  return value < 1_000 ? `${value.toPrecision(3)} ms` : `${(value / 1_000).toPrecision(3)} s`;
}

/** @param {number} value */
export function bytes(value) {
  const units = ['B', 'KB', 'MB', 'GB'];
  let at = 0;
  for (; value >= 1_024 && at < units.length - 1; at += 1) value /= 1_024;
  return `${at === 0 ? value : value.toPrecision(3)} ${units[at]}`;
}

/** @param {number} ms */
export function uptime(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1_000))} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} days`;
}
