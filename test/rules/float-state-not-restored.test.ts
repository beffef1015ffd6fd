import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('float-state-not-restored', () => {
  it('never restored', () => {
    checkRule(
      'float-state-not-restored',
      `${TYPES}
NTSTATUS ScaleBad(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    NTSTATUS status = KeSaveFloatingPointState(&save);
//                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ KeRestoreFloatingPointState
    if (!NT_SUCCESS(status)) {
        return status;
    }
    Ext->Count *= 2;
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('restored', () => {
    checkRule(
      'float-state-not-restored',
      `${TYPES}
NTSTATUS ScaleOk(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    NTSTATUS status = KeSaveFloatingPointState(&save);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    Ext->Count *= 2;
    KeRestoreFloatingPointState(&save);
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('saved at PASSIVE_LEVEL and restored at DISPATCH_LEVEL', () => {
    checkRule(
      'float-state-not-restored',
      `${TYPES}
_IRQL_requires_(PASSIVE_LEVEL)
VOID ScaleLateBad(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    KIRQL irql;
    if (!NT_SUCCESS(KeSaveFloatingPointState(&save))) {
        return;
    }
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeRestoreFloatingPointState(&save);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DISPATCH_LEVEL
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('one path forgets the restore', () => {
    checkRule(
      'float-state-not-restored',
      `${TYPES}
NTSTATUS ForgetBad(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    if (!NT_SUCCESS(KeSaveFloatingPointState(&save))) {
        return STATUS_UNSUCCESSFUL;
    }
    if (Ext->Count == 0) {
        return STATUS_INVALID_PARAMETER;
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not restored on this return
    }
    KeRestoreFloatingPointState(&save);
    return STATUS_SUCCESS;
}
NTSTATUS BranchesOk(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    NTSTATUS status = KeSaveFloatingPointState(&save);
    if (NT_SUCCESS(status)) {
        Ext->Count *= 2;
        KeRestoreFloatingPointState(&save);
    }
    return status;
}
NTSTATUS CleanupOk(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    NTSTATUS status = KeSaveFloatingPointState(&save);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (Ext->Count == 0) {
        status = STATUS_INVALID_PARAMETER;
        goto done;
    }
    Ext->Count *= 2;
done:
    KeRestoreFloatingPointState(&save);
    return status;
}
`,
    );
  });

  it('raised between the save and the restore, whatever the level at entry', () => {
    checkRule(
      'float-state-not-restored',
      `${TYPES}
VOID RaisedBad(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    KIRQL irql;
    if (NT_SUCCESS(KeSaveFloatingPointState(&save))) {
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        KeRestoreFloatingPointState(&save);
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ saved at the level at entry
        KeLowerIrql(irql);
    }
}
`,
    );
  });

  it('functions that promise to save or to restore', () => {
    checkRule(
      'float-state-not-restored',
      `${TYPES}
_Kernel_float_saved_
NTSTATUS SaveBad(PKFLOATING_SAVE Save, BOOLEAN IsNeeded)
{
    if (IsNeeded) {
        return KeSaveFloatingPointState(Save);
    }
    return STATUS_SUCCESS;
//  ^^^^^^^^^^^^^^^^^^^^^^ _Kernel_float_saved_
}
_Kernel_float_saved_
NTSTATUS SaveShortBad(PKFLOATING_SAVE Save, BOOLEAN IsNeeded)
{
    if (IsNeeded)
        return KeSaveFloatingPointState(Save);
    return STATUS_SUCCESS;
//  ^^^^^^^^^^^^^^^^^^^^^^ _Kernel_float_saved_
}
_Kernel_float_restored_
VOID RestoreBad(PKFLOATING_SAVE Save, BOOLEAN IsNeeded)
{
    if (!IsNeeded) {
        return;
//      ^^^^^^^ _Kernel_float_restored_
    }
    KeRestoreFloatingPointState(Save);
}
_Kernel_float_saved_
NTSTATUS SaveOk(PKFLOATING_SAVE Save)
{
    if (Save == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return KeSaveFloatingPointState(Save);
}
_Kernel_float_restored_
VOID RestoreOk(PKFLOATING_SAVE Save)
{
    KeRestoreFloatingPointState(Save);
}
`,
    );
  });
});
