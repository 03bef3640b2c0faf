// SPDX-License-Identifier: MIT
/** Compiled, never run: what the SDK's types must allow and must refuse. */
import {
  UKeyBridge,
  UKeyBridgeError,
  type Certificate,
  type Reason,
  type Renewal
} from '../../../extension/sdk/ukeybridge.js';

export async function renewsAsAPortalDoes(): Promise<Renewal> {
  const bridge = await UKeyBridge.connect({ timeoutMs: 5000 });
  const { methods } = await bridge.host.hello();
  const { tokens, problems } = await bridge.tokens.list();
  const token = tokens[0].id;
  const { certificates } = await bridge.certificates.all({ token, pem: true });
  const old: Certificate | undefined = certificates.find(
    ({ role, state }) => role === 'signing' && state === 'expiring'
  );
  const { renewal } = await bridge.renewal.begin(
    { token, kind: 'renew', certificate: old?.id, challenge: 'n', order: 'o' },
    {
      signal: new AbortController().signal,
      onProgress: ({ step, done, total, interruptible }) =>
        console.log(step, done / total, interruptible)
    }
  );
  console.log(methods.length, problems[0]?.reason, renewal.requests[0].pem);
  const { changes, warnings } = await bridge.renewal.preview({
    renewal: renewal.id,
    signing: '-----BEGIN CERTIFICATE-----'
  });
  console.log(changes[0].action, warnings[0].reason);
  return (await bridge.renewal.install({ renewal: renewal.id })).renewal;
}

export async function changesAnInitialPin(bridge: UKeyBridge): Promise<void> {
  const { tokens } = await bridge.tokens.list();
  const token = tokens.find(({ pin }) => pin.state === 'must-change');
  if (token) await bridge.pin.change({ token: token.id });
}

export function tellsTheUser(error: unknown): string {
  if (error instanceof UKeyBridgeError) {
    const reason: Reason | undefined = error.reason;
    return reason === 'PIN_LOCKED' ? error.text : `${error.code}`;
  }
  return '';
}

export function misuseDoesNotCompile(bridge: UKeyBridge) {
  // @ts-expect-error a token is needed
  bridge.certificates.list({});
  // @ts-expect-error no such kind
  bridge.renewal.begin({ token: 't', kind: 'extend' });
  // @ts-expect-error a PIN has no place here
  bridge.renewal.install({ renewal: 'r', pin: '111111' });
  // @ts-expect-error nor here
  bridge.pin.change({ token: 't', old: '111111' });
  // @ts-expect-error all() follows the cursor itself
  bridge.certificates.all({ token: 't', cursor: 'c' });
  // @ts-expect-error connect() makes bridges
  new UKeyBridge(new MessageChannel().port1);
  // @ts-expect-error no such reason
  const reason: Reason = 'PIN_WRONG';
  return reason;
}
