/** A count, with commas between the thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** A share from 0 to 1 in percent; a dash for none. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

/** A length of time in the unit that suits it; a dash for none. */
export function milliseconds(value: number | null): string {
  if (value === null) return '–';
  if (value < 0) return `-${milliseconds(-value)}`;
  if (value === 0) return '0 s';
  if (value < 1) return `${Math.round(value * 1_000)} µs`;
  if (value < 1_000) return `${Number(value.toPrecision(3))} ms`;
  if (value < 120_000) return `${Number((value / 1_000).toPrecision(3))} s`;
  if (value < 7_200_000) return `${Math.round(value / 60_000)} min`;
  if (value < 172_800_000) return `${Number((value / 3_600_000).toPrecision(3))} h`;
  return `${Math.round(value / 86_400_000)} days`;
}

/** A number of bytes in the unit that suits it. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let left = value;
  let at = 0;
  for (; left >= 1_024 && at < units.length - 1; at += 1) left /= 1_024;
  return `${at === 0 ? left : Number(left.toPrecision(3))} ${units[at]}`;
}

/** An instant as a person reads it, in UTC. */
export function instant(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}
