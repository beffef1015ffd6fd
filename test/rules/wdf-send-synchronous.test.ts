import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('wdf-send-synchronous', () => {
  it('under a spin lock', () => {
    checkRule(
      'wdf-send-synchronous',
      `
#include <ntddk.h>
#include <wdf.h>
VOID AskBad(WDFREQUEST Request, WDFIOTARGET Target, WDFSPINLOCK Lock)
{
    WDF_REQUEST_SEND_OPTIONS options;
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    WdfSpinLockAcquire(Lock);
    WdfRequestSend(Request, Target, &options);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ waits for the request
    WdfSpinLockRelease(Lock);
}
`,
    );
  });

  it('after the release, or not synchronous', () => {
    checkRule(
      'wdf-send-synchronous',
      `
#include <ntddk.h>
#include <wdf.h>
VOID AskOk(WDFREQUEST Request, WDFIOTARGET Target, WDFSPINLOCK Lock)
{
    WDF_REQUEST_SEND_OPTIONS options;
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    WdfSpinLockAcquire(Lock);
    WdfSpinLockRelease(Lock);
    WdfRequestSend(Request, Target, &options);
}
`,
    );
  });
});
