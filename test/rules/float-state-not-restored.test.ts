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

  it('FN_one path forgets the restore: floating point state is not followed along paths', () => {
    checkRule(
      'float-state-not-restored',
      `${TYPES}
NTSTATUS ForgetOk(PDEVICE_EXTENSION Ext)
{
    KFLOATING_SAVE save;
    if (!NT_SUCCESS(KeSaveFloatingPointState(&save))) {
        return STATUS_UNSUCCESSFUL;
    }
    if (Ext->Count == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    KeRestoreFloatingPointState(&save);
    return STATUS_SUCCESS;
}
`,
    );
  });
});
