import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('irql-too-high', () => {
  it('a wait under a spin lock', () => {
    checkRule(
      'irql-too-high',
      `${TYPES}
VOID WaitBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DISPATCH_LEVEL
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('a poll with a zero timeout', () => {
    checkRule(
      'irql-too-high',
      `${TYPES}
VOID PollOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    LARGE_INTEGER zero;
    zero.QuadPart = 0;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &zero);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('KeSetEvent with and without Wait', () => {
    checkRule(
      'irql-too-high',
      `${TYPES}
KDEFERRED_ROUTINE DpcBad;
VOID DpcBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KeSetEvent(&ext->Event, 0, FALSE);
    KeSetEvent(&ext->Event, 0, TRUE);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ APC_LEVEL
}
`,
    );
  });

  it('a mutex two calls below a DPC', () => {
    checkRule(
      'irql-too-high',
      `${TYPES}
static VOID Inner(PDEVICE_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Mutex);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DISPATCH_LEVEL
    ExReleaseFastMutex(&Ext->Mutex);
}
static VOID Outer(PDEVICE_EXTENSION Ext)
{
    Inner(Ext);
}
KDEFERRED_ROUTINE DpcBad;
VOID DpcBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    Outer((PDEVICE_EXTENSION)Context);
}
`,
    );
  });

  it('a dispatch routine whose range merely reaches up', () => {
    checkRule(
      'irql-too-high',
      `${TYPES}
DRIVER_DISPATCH ReadOk;
NTSTATUS ReadOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Device->DeviceExtension;
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('under a lock on one branch only, told apart by a flag', () => {
    checkRule(
      'irql-too-high',
      `${TYPES}
VOID CorrelatedOk(PDEVICE_EXTENSION Ext, BOOLEAN Locked)
{
    KIRQL irql;
    if (Locked) {
        KeAcquireSpinLock(&Ext->Lock, &irql);
    }
    if (!Locked) {
        KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
    }
    if (Locked) {
        KeReleaseSpinLock(&Ext->Lock, irql);
    }
}
`,
    );
  });
});
