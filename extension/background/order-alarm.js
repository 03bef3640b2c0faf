// SPDX-License-Identifier: MIT
// @ts-check
import { knownOrders } from '../shared/orders.js';
import { settings } from '../shared/settings.js';
import { dueAt, isOpen } from './order-times.js';

export const ORDER_ALARM = 'orders';
/** Browsers ring no alarm sooner. */
const SOONEST_MS = 30_000;

/** An alarm that is set stays: who starts often would put it off for ever. */
export async function resumeAlarm() {
  if ((await chrome.alarms.get(ORDER_ALARM)) === undefined) {
    await setAlarm();
  }
}

/** For the next order that is due; none where nobody waits for any. */
export async function setAlarm() {
  const open = (await knownOrders()).filter(isOpen);
  if (open.length === 0 || !(await settings()).reminders) {
    await chrome.alarms.clear(ORDER_ALARM);
    return;
  }
  const soonest = Date.now() + SOONEST_MS;
  const when = Math.max(Math.min(...open.map(dueAt)), soonest);
  await chrome.alarms.create(ORDER_ALARM, { when });
}
