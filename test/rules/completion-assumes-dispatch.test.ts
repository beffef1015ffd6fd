import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('completion-assumes-dispatch', () => {
  it('registered by a call in another file', () => {
    checkRule(
      'completion-assumes-dispatch',
      `//- /read.c
${TYPES}
IO_COMPLETION_ROUTINE ReadDone;
NTSTATUS Send(PDEVICE_OBJECT Lower, PIRP Irp, PDEVICE_EXTENSION Ext)
{
    IoSetCompletionRoutine(Irp, ReadDone, Ext, TRUE, TRUE, TRUE);
    return IoCallDriver(Lower, Irp);
}
//- /done.c
${TYPES}
NTSTATUS ReadDone(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in a completion routine
    ext->Count += 1;
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    return STATUS_CONTINUE_COMPLETION;
}
`,
    );
  });

  it('takes the raising form', () => {
    checkRule(
      'completion-assumes-dispatch',
      `${TYPES}
IO_COMPLETION_ROUTINE DoneOk;
NTSTATUS DoneOk(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KIRQL irql;
    KeAcquireSpinLock(&ext->Lock, &irql);
    KeAcquireSpinLockAtDpcLevel(&ext->Inner);
    KeReleaseSpinLockFromDpcLevel(&ext->Inner);
    KeReleaseSpinLock(&ext->Lock, irql);
    return STATUS_CONTINUE_COMPLETION;
}
`,
    );
  });
});
