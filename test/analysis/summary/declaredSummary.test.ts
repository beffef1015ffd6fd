/**
 * Functions that are only declared: what their annotations say is what callers are held to.
 */
import { describe, it } from 'vitest';
import { checkRule } from '../../harness/checkRule.ts';
import { TYPES } from '../../rules/types.ts';

const PAIR = `${TYPES}
_Acquires_lock_(Ext->Lock)
_IRQL_raises_(DISPATCH_LEVEL)
_IRQL_saves_
KIRQL Enter(PDEVICE_EXTENSION Ext);
_Releases_lock_(Ext->Lock)
VOID Leave(PDEVICE_EXTENSION Ext, _IRQL_restores_ KIRQL Old);
`;

describe('a function that is only declared', () => {
  it('takes the lock that it is annotated to take', () => {
    checkRule(
      'lock-not-released',
      `${PAIR}
VOID UseOk(PDEVICE_EXTENSION Ext)
{
    KIRQL old = Enter(Ext);
    Ext->Count++;
    Leave(Ext, old);
}
VOID LeakBad(PDEVICE_EXTENSION Ext)
{
    KIRQL old = Enter(Ext);
    if (Ext->Count == 0)
        return;
//      ^^^^^^^ Ext->Lock
    Leave(Ext, old);
}
`,
    );
  });

  it('raises to the level that it is annotated to raise to', () => {
    checkRule(
      'irql-too-high',
      `${PAIR}
VOID WaitBad(PDEVICE_EXTENSION Ext)
{
    KIRQL old = Enter(Ext);
    ExAcquireFastMutex(&Ext->Mutex);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DISPATCH_LEVEL
    ExReleaseFastMutex(&Ext->Mutex);
    Leave(Ext, old);
}
VOID WaitOk(PDEVICE_EXTENSION Ext)
{
    KIRQL old = Enter(Ext);
    Leave(Ext, old);
    ExAcquireFastMutex(&Ext->Mutex);
    ExReleaseFastMutex(&Ext->Mutex);
}
`,
    );
  });

  it('takes the lock only with the result that says so', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
_When_(return != 0, _Acquires_lock_(Ext->Lock))
BOOLEAN TryEnter(PDEVICE_EXTENSION Ext);
_Releases_lock_(Ext->Lock)
VOID Leave(PDEVICE_EXTENSION Ext);
VOID TryOk(PDEVICE_EXTENSION Ext)
{
    if (!TryEnter(Ext))
        return;
    Ext->Count++;
    Leave(Ext);
}
VOID TryBad(PDEVICE_EXTENSION Ext)
{
    if (TryEnter(Ext)) {
        if (Ext->Count == 0)
            return;
//          ^^^^^^^ Ext->Lock
        Leave(Ext);
    }
}
`,
    );
  });

  it('needs the level that holds for these arguments', () => {
    checkRule(
      'irql-too-high',
      `${TYPES}
_When_((Flags & 1) != 0, _IRQL_requires_max_(PASSIVE_LEVEL))
VOID Flush(ULONG Flags);
VOID FlushBad(PDEVICE_EXTENSION Ext)
{
    KIRQL old;
    KeAcquireSpinLock(&Ext->Lock, &old);
    Flush(2);
    Flush(3);
//  ^^^^^^^^ PASSIVE_LEVEL
    KeReleaseSpinLock(&Ext->Lock, old);
}
`,
    );
  });

  it('leaves a lock routine that says nothing of its effect unknown', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID ReleaseDeviceLock(PDEVICE_EXTENSION Ext, KIRQL Old);
VOID UnknownOk(PDEVICE_EXTENSION Ext)
{
    KIRQL old;
    KeAcquireSpinLock(&Ext->Lock, &old);
    if (Ext->Count == 0) {
        ReleaseDeviceLock(Ext, old);
        return;
    }
    KeReleaseSpinLock(&Ext->Lock, old);
}
`,
    );
  });
});
