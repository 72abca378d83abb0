// @ts-check
/**
 * The live page: follows `/v1/live` and shows the statistics it tells.
 */

import { byId, element, place } from './elements.js';
import { bytes, count, milliseconds, percent, rate, share, uptime } from './figures.js';
import { followEvictions, showMemory } from './memory.js';

/** @import { WireBus, WireStats, WireKind, WireMoment, WireTier } from '../src/service/wire.ts' */

/** How many seconds the lines show, at least and at most. */
const HISTORY_LENGTH = { least: 30, most: 120 };
/** Without an event for so long the connection counts as lost. */
const SILENCE_MS = 5_000;
const RETRY_MS = 1_000;

/** @type {WireMoment[]} */
const history = [];
let token = '';

/** What each element with `data-stat` shows. @type {Record<string, (stats: WireStats) => string>} */
const FIGURES = {
  hitRatio: (stats) => percent(stats.hitRatio),
  requests: (stats) => count(stats.requests),
  errors: (stats) => count(stats.errors),
  loadsSaved: (stats) => count(stats.loadsSaved),
  'window.hitRatio': (stats) => percent(stats.window.hitRatio),
  'window.seconds': (stats) => `${Math.round(stats.window.seconds)} s`,
  'window.requestsPerSecond': (stats) => rate(stats.window.requestsPerSecond),
  'window.p50Ms': (stats) => milliseconds(stats.window.p50Ms),
  'window.p99Ms': (stats) => milliseconds(stats.window.p99Ms),
  'provider.calls': (stats) => count(stats.provider.calls),
  'provider.name': (stats) => stats.provider.name,
  'memory.bytes': (stats) => bytes(stats.memory.bytes),
  'memory.entries': (stats) => count(stats.memory.entries),
  'memory.maxEntries': (stats) => count(stats.memory.maxEntries),
};

/** @param {number} value @param {boolean} [isBad] */
function cell(value, isBad = false) {
  return element('td', value === 0 ? 'zero' : isBad ? 'bad' : '', count(value));
}

/** @param {WireKind} kind */
function kindRow(kind) {
  const meter = document.createElement('meter');
  meter.value = kind.hitRatio ?? 0;
  const share = kind.hitRatio === null ? element('td', 'share zero', '–') : element('td', 'share', meter, percent(kind.hitRatio));
  const row = element('tr', '', element('td', '', kind.name), share);
  row.append(cell(kind.requests), cell(kind.hits), cell(kind.stale), cell(kind.misses), cell(kind.errors, true), cell(kind.loads));
  row.append(element('td', kind.meanLoadMs === null ? 'zero' : '', milliseconds(kind.meanLoadMs)), cell(kind.entries));
  return row;
}

/** @param {WireTier} tier */
function tierItem(tier) {
  const asked = tier.hits + tier.misses;
  const about = [`${count(tier.hits)} of ${count(asked)} found`, `${count(tier.writes)} written`];
  if (tier.errors + tier.writeErrors > 0) about.push(`${count(tier.errors + tier.writeErrors)} failed`);
  if (tier.refused > 0) about.push(`${count(tier.refused)} refused`);
  if (tier.unwritten > 0) about.push(`${count(tier.unwritten)} to be written`);
  if (tier.givenUp > 0) about.push(`${count(tier.givenUp)} given up`);
  if (tier.isUp) return place(tier.name, 'up', '', about);
  return tier.state === 'half-open' ? place(tier.name, 'tried', 'warn', about) : place(tier.name, 'down', 'bad', about);
}

/** @param {WireBus | null} bus */
function busItems(bus) {
  if (bus === null) return [element('li', 'empty', 'No bus: what others write is seen when entries end')];
  const peers = bus.peers === 0 ? 'no other service' : `${count(bus.peers)} other ${bus.peers === 1 ? 'service' : 'services'}`;
  const lag = bus.lagMs === null ? [] : [`lag ${milliseconds(bus.lagMs)}`];
  const told = [`${count(bus.notices)} changes`, `${count(bus.messages)} messages`];
  if (bus.waiting > 0) told.push(`${count(bus.waiting)} waiting`);
  if (bus.errors > 0) told.push(`${count(bus.errors)} failed`);
  const heard = [`${count(bus.received)} messages`];
  if (bus.repeated > 0) heard.push(`${count(bus.repeated)} again`);
  if (bus.refused > 0) heard.push(`${count(bus.refused)} refused`);
  const missed = [
    `${count(bus.gaps)} gaps`,
    `${count(bus.replays)} filled`,
    `memory dropped ${count(bus.distrusts)} ${bus.distrusts === 1 ? 'time' : 'times'}`,
  ];
  return [
    place(bus.name, bus.state, bus.state === 'live' ? '' : bus.state === 'starting' ? 'warn' : 'bad', [peers, ...lag]),
    place('told', '', '', told),
    place('heard', '', '', heard),
    place('missed', '', '', missed),
  ];
}

/** @param {WireStats['health']} health */
function showHealth({ status, reasons }) {
  const shown = byId('health');
  shown.hidden = false;
  shown.dataset['state'] = status;
  shown.textContent = status;
  byId('reasons').hidden = reasons.length === 0;
  byId('reasons').dataset['state'] = status;
  byId('reasons').replaceChildren(...reasons.map((reason) => element('li', '', reason)));
}

/** @param {WireStats} stats */
function show(stats) {
  for (const shown of document.querySelectorAll('[data-stat]')) {
    const figure = FIGURES[shown.getAttribute('data-stat') ?? ''];
    if (figure) shown.textContent = figure(stats);
  }
  const { service, provider } = stats;
  const about = [service.version, `${provider.name} data`, `up ${uptime(stats.at - service.startedAt)}`];
  if (service.isDemo) about.push('demo bot reading');
  if (!service.isCacheEnabled) about.push('cache switched off');
  if (service.isDraining) about.push('shutting down');
  byId('about').textContent = about.join(' · ');

  byId('kinds').replaceChildren(...stats.kinds.map(kindRow));
  const hottest = stats.hottest.map(({ key, reads }) => {
    const name = element('span', 'key', key);
    name.title = key;
    return element('li', '', name, element('span', 'reads', count(reads)));
  });
  byId('hottest').replaceChildren(...(hottest.length > 0 ? hottest : [element('li', 'empty', 'Nothing was read yet')]));
  const { memory } = stats;
  const used = `${share(Math.max(memory.entries / memory.maxEntries, memory.bytes / memory.maxBytes))} full · ${memory.policy}`;
  byId('tiers').replaceChildren(place('memory', 'up', '', [used]), ...stats.tiers.map(tierItem));
  showMemory(stats);
  byId('bus').replaceChildren(...busItems(stats.bus));
  showHealth(stats.health);

  history.push({ hitRatio: stats.window.hitRatio, requestsPerSecond: stats.window.requestsPerSecond });
  if (history.length > HISTORY_LENGTH.most) history.shift();
  const busiest = Math.max(1, ...history.map((point) => point.requestsPerSecond));
  draw(
    'line-hit-ratio',
    history.map((point) => point.hitRatio),
  );
  draw(
    'line-requests',
    history.map((point) => point.requestsPerSecond / busiest),
  );
}

/**
 * Draws values from 0 to 1 as a line that ends at the right edge.
 *
 * @param {string} id
 * @param {(number | null)[]} values
 */
function draw(id, values) {
  const step = 240 / (Math.max(HISTORY_LENGTH.least, values.length) - 1);
  const points = values.flatMap((value, at) =>
    value === null ? [] : [`${(240 - (values.length - 1 - at) * step).toFixed(1)} ${(46 - value * 44).toFixed(1)}`],
  );
  const line = points.length > 1 ? `M${points.join('L')}` : '';
  const first = points[0]?.split(' ')[0];
  byId(id).replaceChildren(path(line && `${line}L240 48L${first} 48Z`, 'area'), path(line, ''));
}

/** @param {string} d @param {string} className */
function path(d, className) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  made.setAttribute('d', d);
  if (className) made.setAttribute('class', className);
  return made;
}

/** @param {'connecting' | 'live' | 'lost' | 'locked'} state @param {string} text */
function tellConnection(state, text) {
  document.body.dataset['connection'] = state;
  const connection = byId('connection');
  connection.dataset['state'] = state;
  connection.textContent = text;
  byId('ask-token').hidden = state !== 'locked';
  if (state === 'live') byId('board').hidden = false;
}

/** Follows the live stream until it ends; tells whether a token is wanted. */
async function follow() {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE_MS);
  try {
    const response = await fetch('/v1/live', { headers: token ? { authorization: `Bearer ${token}` } : {}, signal: silent.signal });
    if (response.status === 401) return true;
    if (!response.ok || !response.body) throw new Error(`The service answered ${response.status}`);
    let text = '';
    const decoder = new TextDecoder();
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return false;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MS);
      text += decoder.decode(value, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) receive(event);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** @param {string} event */
function receive(event) {
  const lines = event.split('\n');
  const field = (/** @type {string} */ name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = field('data');
  if (data === undefined) return;
  if (field('event') === 'history') {
    history.splice(0, history.length, ...JSON.parse(data));
    return;
  }
  show(JSON.parse(data));
  tellConnection('live', 'live');
}

async function run() {
  const isLocked = await follow().catch(() => false);
  if (isLocked) {
    byId('token-refused').textContent = token ? 'The service refused this token' : '';
    tellConnection('locked', 'locked');
    return;
  }
  tellConnection('lost', 'connection lost, trying again');
  setTimeout(() => void run(), RETRY_MS);
}

byId('ask-token').addEventListener('submit', (event) => {
  event.preventDefault();
  token = /** @type {HTMLInputElement} */ (byId('token')).value;
  tellConnection('connecting', 'connecting');
  void run();
});
void run();
void followEvictions(() => (document.body.dataset['connection'] === 'live' ? token : undefined));
