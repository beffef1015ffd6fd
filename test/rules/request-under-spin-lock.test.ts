import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('request-under-spin-lock', () => {
  it('sent down under the lock', () => {
    checkRule(
      'request-under-spin-lock',
      `${TYPES}
NTSTATUS SendBad(PDEVICE_EXTENSION Ext, PDEVICE_OBJECT Lower, PIRP Irp)
{
    NTSTATUS status;
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    status = IoCallDriver(Lower, Irp);
//           ^^^^^^^^^^^^^^^^^^^^^^^^ Release Ext->Lock first
    KeReleaseSpinLock(&Ext->Lock, irql);
    return status;
}
`,
    );
  });

  it('after the release', () => {
    checkRule(
      'request-under-spin-lock',
      `${TYPES}
VOID DoneOk(PDEVICE_EXTENSION Ext, PIRP Irp)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count -= 1;
    KeReleaseSpinLock(&Ext->Lock, irql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
`,
    );
  });
});
