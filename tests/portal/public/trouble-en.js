// SPDX-License-Identifier: MIT
// @ts-check
/** Words for failures and progress, in English: title by kind, advice by reason. */
export const troubleEn = Object.freeze({
  'trouble.extension': 'UKey Bridge cannot be reached',
  'trouble.host': 'The UKey Bridge program is not ready',
  'trouble.origin': 'This site may not use the UKey',
  'trouble.off': 'UKey Bridge is switched off',
  'trouble.token': 'The UKey was not found',
  'trouble.missing': 'The certificate was not found',
  'trouble.cut': 'The connection to the UKey broke off',
  'trouble.removed': 'The UKey was unplugged',
  'trouble.pin': 'The PIN was not accepted',
  'trouble.locked': 'The UKey is locked',
  'trouble.cancelled': 'Cancelled',
  'trouble.module': 'The UKey driver has a problem',
  'trouble.certificate': 'The new certificate does not fit this UKey',
  'trouble.renewal': 'The renewal was not finished',
  'trouble.portal': 'The portal did not accept this step',
  'trouble.network': 'The portal cannot be reached',
  'trouble.other': 'That did not work',
  'trouble.reason': 'Reason: {reason}',
  'trouble.tries': 'Tries left: {n}. After that the UKey is locked.',
  'trouble.retry': 'Try again',
  'trouble.continue': 'Continue',
  'trouble.reload': 'Reload the page',
  'trouble.home': 'Start again',

  'advice.NO_TOKEN': 'Plug in the UKey of this order and choose “Continue”.',
  'advice.TOKEN_REMOVED':
    'Plug the same UKey in again and choose “Continue”. The old or the new certificate on it is usable, and what is missing will be finished.',
  'advice.HOST_DISCONNECTED':
    'Leave the UKey plugged in and choose “Continue”: this page first looks what is on the UKey, then goes on with what is missing.',
  'advice.PROOF_FAILED':
    'You may choose “Try again” to write it once more, at no other cost.',
  'advice.NEEDS_ATTENTION':
    'Leave the UKey as it is and keep the order number, for the issuer or the support to look into it.',
  'advice.TOKEN_FULL':
    'The new certificate was not written; the old one is usable. Ask the issuer to make room on the UKey, then come back to this address.',
  'advice.UNSUPPORTED':
    'The UKey was not changed. Ask the support for a renewal that keeps the keys, or for another UKey.',
  'advice.PIN_INCORRECT':
    'Make sure of the PIN, then try again. If you forgot it, do not keep guessing.',
  'advice.PIN_LOCKED':
    'Ask the issuer of the certificate to unlock the UKey, then come back to this address.',
  'advice.PIN_FINAL_TRY':
    'One try is left. If you are not sure of the PIN, ask the issuer first.',
  'advice.CANCELLED': 'Nothing was written. Try again when you are ready.',
  'advice.MODULE_HUNG':
    'Unplug the UKey, plug it in and try again. Quit certificate programs of other platforms.',
  'advice.ROLLED_BACK':
    'The old certificate is unchanged and usable. You may try again.',
  'advice.NOT_READ_BACK':
    'The new certificate was not found. Check that the renewed UKey is plugged in, then continue.',
  'advice.NO_CERTIFICATE':
    'The certificate of this order is not on the UKey. Check that it is the right one.',
  'problem.MODULE_HUNG':
    '“{module}” does not answer. Quit other certificate programs, plug the UKey in again and read again.',
  'problem.MODULE_CRASHED':
    '“{module}” stopped unexpectedly. Plug the UKey in again and read again.',
  'problem.MODULE_MISSING':
    '“{module}” is not installed, or not for this computer. Install the driver of your certificate authority.',
  'problem.other': '“{module}” cannot be used. Read again.',
  'api.UNKNOWN_CA':
    'This certificate was not issued by the CA of this platform and cannot be renewed here.',
  'api.NO_ORDER': 'There is no such order. Please start again.',
  'api.WRONG_STATE': 'The order has moved on. Please reload the page.',
  'api.WRONG_CHALLENGE': 'The request belongs to another order.',
  'api.WRONG_ORIGIN': 'The request was made for another web site.',
  'api.WRONG_KEY': 'The request is for another key than the order.',
  'api.WEAK_KEY':
    'Keys of this kind cannot be renewed here. Choose the renewal that keeps the keys.',
  'api.BAD_SIGNATURE': 'The signature of the request is not valid.',
  'api.NETWORK': 'Check the network and try again.',
  'api.other': 'The portal refused. Try again or ask for help.',

  'progress.step': 'Step {done} of {total}',
  'progress.pin': 'Confirm and type the PIN in the window of your system.',
  'progress.writing':
    'Writing. Do not unplug the UKey and do not close this page.',
  'progress.cancel': 'Cancel',
  'doing.check': 'Checking the certificate',
  'doing.confirm': 'Waiting for your consent',
  'doing.pin': 'Waiting for the PIN',
  'doing.generate-key': 'Making a key on the UKey',
  'doing.sign-request': 'Signing the request',
  'doing.import-key': 'Bringing the encryption key to the UKey',
  'doing.write': 'Writing the new certificate',
  'doing.read-back': 'Reading it back',
  'doing.prove': 'Proving that it works',
  'doing.commit': 'Saving the result',
  'doing.tidy': 'Tidying up',
  'doing.other': 'Working'
});
