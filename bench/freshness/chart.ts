import type { Outcome } from './replay.ts';

const WIDTH = 760;
const HEIGHT = 420;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 24, 44, 56];

/** Calls against staleness, both on logarithmic scales, a dot for each rule: further down and to the left is better (SVG). */
export function freshnessChart(title: string, outcomes: ReadonlyMap<string, Outcome>): string {
  const all = [...outcomes.values()];
  const x = scale(
    all.map(({ calls }) => calls),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = scale(
    all.map(({ staleness }) => staleness),
    HEIGHT - BOTTOM,
    TOP,
  );
  const dots = [...outcomes].map(([rule, { calls, staleness }]) => {
    const colour = rule.startsWith('market') ? '#0072b2' : '#d55e00';
    const isRight = x(calls) > WIDTH - 180;
    const label = `<text x="${(x(calls) + (isRight ? -8 : 8)).toFixed(1)}" y="${(y(staleness) + 4).toFixed(1)}" text-anchor="${isRight ? 'end' : 'start'}" fill="${colour}">${rule}</text>`;
    return `<circle cx="${x(calls).toFixed(1)}" cy="${y(staleness).toFixed(1)}" r="4" fill="${colour}"/>${label}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="14">${escaped(title)}</text>`,
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}" stroke="#888"/>`,
    `<line x1="${LEFT}" x2="${LEFT}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#888"/>`,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 14}" text-anchor="middle">calls a day, logarithmic →</text>`,
    `<text x="18" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 18 ${HEIGHT / 2})">staleness in seconds, logarithmic →</text>`,
    ...dots,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** Where values lie between two ends, on a logarithmic scale with some room on either side. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const logs = values.map((value) => Math.log(Math.max(value, 0.01)));
  const [least, most] = [Math.min(...logs), Math.max(...logs)];
  const room = (most - least) * 0.06 || 1;
  return (value) => from + ((Math.log(Math.max(value, 0.01)) - least + room) / (most - least + 2 * room)) * (to - from);
}
