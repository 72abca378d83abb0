/** What a chart is drawn of: what share of requests each policy answers, by size of the cache. */
export interface HitRatios {
  readonly trace: string;
  readonly results: readonly { readonly policy: string; readonly size: number; readonly hitRatio: number }[];
}

const WIDTH = 760;
const HEIGHT = 440;
const LEFT = 56;
const RIGHT = 120;
const TOP = 40;
const BOTTOM = 48;

/** Told apart by those who see colours otherwise, too (Okabe and Ito, 2008). */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#000000'];

/** Curves of hit ratio over cache size, sizes on a logarithmic scale, as a picture (SVG). */
export function hitRatioChart({ trace, results }: HitRatios): string {
  const sizes = [...new Set(results.map(({ size }) => size))].sort((a, b) => a - b);
  const [least = 1, most = 1] = [sizes[0], sizes.at(-1)];
  const span = Math.log(most / least) || 1;
  const x = (size: number): number => LEFT + (Math.log(size / least) / span) * (WIDTH - LEFT - RIGHT);
  const y = (ratio: number): number => HEIGHT - BOTTOM - ratio * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (ratio) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(ratio)}" y2="${y(ratio)}" stroke="#ddd"/>` +
      `<text x="${LEFT - 8}" y="${y(ratio) + 4}" text-anchor="end">${Math.round(ratio * 100)} %</text>`,
  );
  const ticks = sizes.map((size) => `<text x="${x(size)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${size}</text>`);
  const curves = [...Map.groupBy(results, ({ policy }) => policy)].map(([policy, cells], at) => {
    const sorted = cells.toSorted((a, b) => a.size - b.size);
    const points = sorted.map(({ size, hitRatio }) => `${x(size).toFixed(1)},${y(hitRatio).toFixed(1)}`);
    const colour = COLOURS[at % COLOURS.length] ?? '#000';
    const dots = points.map((point) => `<circle cx="${point.replace(',', '" cy="')}" r="2.5" fill="${colour}"/>`).join('');
    const legend = `<text x="${WIDTH - RIGHT + 12}" y="${TOP + 18 * at + 4}" fill="${colour}">${escaped(policy)}</text>`;
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.8"/>${dots}${legend}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="14">Hit ratio by size of the cache: ${escaped(trace)}</text>`,
    ...grid,
    ...ticks,
    ...curves,
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
