// SPDX-License-Identifier: MIT
// @ts-check
import { PORTALS } from '../shared/build.js';
import { CONFIG } from '../shared/config.js';
import { forgetRunning } from '../shared/errands.js';
import { translate, uiLanguage } from '../shared/i18n.js';
import { withText } from '../shared/sentences.js';
import { Client } from './client.js';
import { NativePort } from './native-port.js';
import { pageContext, uiContext } from './sender.js';
import { Watchers } from './watchers.js';

const native = new NativePort({
  connect: () => chrome.runtime.connectNative(CONFIG.nativeHostName),
  lastError: () => chrome.runtime.lastError?.message,
  onNotification: (method, params) => watchers.tell(method, params),
  onDisconnect: () => watchers.clear(),
  version: chrome.runtime.getManifest().version
});
const watchers = new Watchers(native);

forgetRunning();

/** @param {chrome.runtime.Port} port */
function contextOf({ name, sender }) {
  const lang = uiLanguage();
  switch (name) {
    case 'page':
      return pageContext(sender, PORTALS, lang);
    case 'ui':
      return uiContext(sender, chrome.runtime.id, lang);
    default:
      return undefined;
  }
}

chrome.runtime.onConnect.addListener((port) => {
  const context = contextOf(port);
  if (context === undefined) {
    port.disconnect();
    return;
  }
  const client = new Client({
    port,
    native,
    context,
    watchers,
    describe: (error) => withText(error, translate)
  });
  port.onMessage.addListener((letter) => client.receive(letter));
  port.onDisconnect.addListener(() => client.close());
  port.postMessage({ ukeybridge: 1, connected: true });
});
