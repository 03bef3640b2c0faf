// SPDX-License-Identifier: MIT
'use strict';
/* updates - what tells browsers of a version on a web server, and the policies that make them install it. */

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/* Google's update protocol, as Chromium reads it. */
const updateXml = (
  { id, manifest, file },
  url
) => `<?xml version="1.0" encoding="UTF-8"?>
<gupdate xmlns="http://www.google.com/update2/response" protocol="2.0">
  <app appid="${id}">
    <updatecheck codebase="${url}/${file}" version="${manifest.version}" prodversionmin="${manifest.minimum_chrome_version}" />
  </app>
</gupdate>
`;

/* No hash of the file: Mozilla's signature, where one is put on it, changes it. */
function updatesJson({ id, manifest, file }, url) {
  const { strict_min_version } = manifest.browser_specific_settings.gecko;
  const update = {
    version: manifest.version,
    update_link: `${url}/${file}`,
    applications: { gecko: { strict_min_version } }
  };
  return { addons: { [id]: { updates: [update] } } };
}

const chromiumPolicy = ({ id }, url) => ({
  ExtensionInstallForcelist: [`${id};${url}/update.xml`]
});

const firefoxPolicies = ({ id, file }, url) => ({
  policies: {
    ExtensionSettings: {
      [id]: {
        installation_mode: 'force_installed',
        install_url: `${url}/${file}`
      }
    }
  }
});

/** `[name, content]` of each file beside the CRX and the XPI. */
const files = ([chromium, firefox], url) => [
  ['update.xml', updateXml(chromium, url)],
  ['updates.json', json(updatesJson(firefox, url))],
  ['chromium-policy.json', json(chromiumPolicy(chromium, url))],
  ['firefox-policies.json', json(firefoxPolicies(firefox, url))]
];

module.exports = { files };
