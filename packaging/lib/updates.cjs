// SPDX-License-Identifier: MIT
'use strict';
/* updates - what tells browsers, and those who look after them, of a version on a web server. */

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

/* Settings of ukeybridge-policy, which tells the browsers of each computer (host/docs/enterprise.md). */
const policyKit = ([chromium, firefox], portals, url) => `\
${portals.map((portal) => `portal = ${portal}\n`).join('')}\
update-url = ${url}/update.xml
extension-id = ${chromium.id}
firefox-url = ${url}/${firefox.file}
firefox-id = ${firefox.id}
`;

/** `[name, content]` of each file beside the CRX and the XPI. */
const files = (builds, portals, url) => [
  ['update.xml', updateXml(builds[0], url)],
  ['updates.json', json(updatesJson(builds[1], url))],
  ['policy-kit.conf', policyKit(builds, portals, url)]
];

module.exports = { files };
