import { expect, it } from 'vitest';
import { isNeutralName } from '../../../server/src/analysis/program/neutralNames.ts';

it.each([
  'memcpy',
  'InterlockedIncrement',
  'INETADDR_SET_ADDRESS',
  '__ldar64',
  '__stlr32',
  'ScsiGetSenseKeyAndCodes',
  'IsSenseDataFormatValueValid',
])('%s has no effect on IRQL and locks', (name) => {
  expect(isNeutralName(name)).toBe(true);
});

it.each(['KeAcquireSpinLock', 'ScsiPortNotification', 'IsQueueEmpty', '__my_lock64', 'INETADDR_lock'])(
  '%s is not waved through by its name',
  (name) => {
    expect(isNeutralName(name)).toBe(false);
  },
);
