import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-annotation-not-kept', () => {
  it('an early return', () => {
    checkRule(
      'lock-annotation-not-kept',
      `${TYPES}
_Acquires_lock_(Ext->Mutex)
VOID EnterBad(PDEVICE_EXTENSION Ext)
{
    if (Ext->Count == 0) {
        return;
//      ^^^^^^^ promises to take Mutex
    }
    ExAcquireFastMutex(&Ext->Mutex);
}
`,
    );
  });

  it('FN_a release in a handler of abnormal ends silences the function', () => {
    checkRule(
      'lock-annotation-not-kept',
      `${TYPES}
_Acquires_lock_(Ext->Mutex)
VOID EnterCarefullyOk(PDEVICE_EXTENSION Ext)
{
    if (Ext->Count == 0) {
        return;
    }
    ExAcquireFastMutex(&Ext->Mutex);
    __try {
        Ext->Count += 1;
    } __finally {
        if (AbnormalTermination()) {
            ExReleaseFastMutex(&Ext->Mutex);
        }
    }
}
`,
    );
  });

  it('every path, by the result, or by a routine that is not here', () => {
    checkRule(
      'lock-annotation-not-kept',
      `${TYPES}
_Acquires_lock_(Ext->Mutex)
VOID EnterOk(PDEVICE_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Mutex);
}
_When_(return != 0, _Acquires_lock_(Ext->Mutex))
BOOLEAN TryEnterOk(PDEVICE_EXTENSION Ext)
{
    if (Ext->Count == 0) {
        return FALSE;
    }
    ExAcquireFastMutex(&Ext->Mutex);
    return TRUE;
}
VOID Elsewhere(PVOID Lock);
_Acquires_lock_(Ext->Mutex)
VOID EnterElsewhereOk(PDEVICE_EXTENSION Ext)
{
    Elsewhere(Ext);
}
`,
    );
  });

  it('a release that is promised and not made', () => {
    checkRule(
      'lock-annotation-not-kept',
      `${TYPES}
_Releases_lock_(Ext->Lock)
VOID LeaveBad(PDEVICE_EXTENSION Ext, KIRQL Irql)
{
    if (Ext->Count == 0)
        return;
//      ^^^^^^^ promises to release Lock
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
_Releases_lock_(Ext->Lock)
VOID LeaveOk(PDEVICE_EXTENSION Ext, KIRQL Irql)
{
    Ext->Count += 1;
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
_Releases_lock_(Ext->Lock)
VOID LeaveElsewhereOk(PDEVICE_EXTENSION Ext, PKLOCK_QUEUE_HANDLE Handle)
{
    UNREFERENCED_PARAMETER(Ext);
    KeReleaseInStackQueuedSpinLock(Handle);
}
`,
    );
  });
});
