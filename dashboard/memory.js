// @ts-check
/** The panel of memory: how full it is, and what left it and why. */

import { byId, element } from './elements.js';
import { bytes, count, milliseconds, share } from './figures.js';

/** @import { WireEviction, WireMemory, WireStats } from '../src/service/wire.ts' */

/** So many of the last evictions are shown. */
const SHOWN = 8;
/** They are asked for so often; and whether to ask is looked at so often. */
const ASK_MS = 3_000;
const LOOK_MS = 300;

/** @type {Record<WireEviction['reason'], string>} */
const REASONS = {
  oldest: 'had come first',
  idle: 'not used for longest',
  rare: 'used least',
  'not-admitted': 'asked for too rarely',
};

/** @type {Record<WireEviction['need'], string>} */
const NEEDS = { entries: 'too many entries', bytes: 'too many bytes', share: 'over its share', pressure: 'little memory left' };

/** @param {string} name @param {number} used @param {number} most @param {string} about */
function gauge(name, used, most, about) {
  const meter = document.createElement('meter');
  meter.value = used / most;
  meter.title = share(used / most);
  return element('li', '', element('span', 'name', name), meter, element('span', 'about', about));
}

/** @param {string} name @param {string} about */
function line(name, about) {
  return element('li', '', element('span', 'name', name), element('span', 'about', about));
}

/**
 * How full it is, and why entries left.
 *
 * @param {WireStats} stats
 */
export function showMemory({ memory, kinds }) {
  const { entries, maxEntries, maxBytes, allowedBytes, reliefs, protectedEntries } = memory;
  const lines = [
    gauge('entries', entries, maxEntries, `${count(entries)} of ${count(maxEntries)}`),
    gauge('bytes', memory.bytes, maxBytes, `${bytes(memory.bytes)} of ${bytes(maxBytes)}`),
  ];
  if (allowedBytes < maxBytes) {
    const about = element('span', 'about warn', `${bytes(allowedBytes)}: the process has little memory left`);
    lines.push(element('li', '', element('span', 'name', 'allowed'), about));
  }
  if (reliefs > 0) lines.push(line('gave way', `${count(reliefs)} ${reliefs === 1 ? 'time' : 'times'}`));
  if (protectedEntries > 0) lines.push(line('protected', `${count(protectedEntries)} ${protectedEntries === 1 ? 'entry' : 'entries'}`));
  for (const part of memory.parts.filter((part) => part.entries > 0)) {
    const taken = Math.max(part.entries / maxEntries, part.bytes / maxBytes);
    const until = part.target > 0 ? `, gives way above ${share(part.target)}` : '';
    lines.push(gauge(part.kind || 'plain keys', taken, 1, `${count(part.entries)}, ${bytes(part.bytes)}${until}`));
  }
  lines.push(line('policy', memory.policy));
  const left = Object.entries(REASONS).flatMap(([reason, words]) => {
    const sum = kinds.reduce((all, { evictions: { byReason } }) => all + byReason[/** @type {WireEviction['reason']} */ (reason)], 0);
    return sum > 0 ? [`${count(sum)} ${words}`] : [];
  });
  lines.push(...left.map((about, at) => line(at === 0 ? 'left' : '', about)));
  byId('memory').replaceChildren(...lines);
}

/** @param {WireMemory} told */
function showEvictions({ at, evictions }) {
  const items = evictions.map(({ at: leftAt, kind, key, reason, need, policy, ageMs }) => {
    const name = element('span', 'key', kind === '' ? key : `${kind}:${key}`);
    name.title = `${name.textContent}, ${milliseconds(ageMs)} old, under ${policy}`;
    const why = `${REASONS[reason]} · ${NEEDS[need]}`;
    return element('li', '', name, element('span', 'why', why), element('span', 'ago', `${milliseconds(Math.max(0, at - leftAt))} ago`));
  });
  byId('evictions').replaceChildren(...(items.length > 0 ? items : [element('li', 'empty', 'Nothing left for want of room')]));
}

/**
 * Asks for the last evictions every few seconds, as long as the page can be seen.
 *
 * @param {() => string | undefined} tokenWhenLive the token, as long as there is a service to ask.
 */
export async function followEvictions(tokenWhenLive) {
  const token = document.visibilityState === 'visible' ? tokenWhenLive() : undefined;
  if (token !== undefined) {
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    const told = await fetch(`/v1/memory?limit=${SHOWN}`, headers ? { headers } : {}).catch(() => undefined);
    if (told?.ok) showEvictions(await told.json());
  }
  setTimeout(() => void followEvictions(tokenWhenLive), token === undefined ? LOOK_MS : ASK_MS);
}
