/** Correlated branches, level tests, try-acquire, statuses, loops, goto, SEH, #if. */
import { describe, it } from 'vitest';
import { checkIrql } from '../../harness/checkIrql.ts';

const TYPES = `
typedef struct _DEVICE_EXTENSION { KSPIN_LOCK Lock; ERESOURCE Resource; FAST_MUTEX Mutex; LONG Count; BOOLEAN Started; } DEVICE_EXTENSION, *PDEVICE_EXTENSION;
`;

describe('level tests', () => {
  it('the naive check: both ways end at DISPATCH_LEVEL, both releases restore', () => {
    checkIrql(`${TYPES}
void NaiveOk(PDEVICE_EXTENSION ext) {
  KIRQL old = DISPATCH_LEVEL;
  BOOLEAN raised = FALSE;
  if (KeGetCurrentIrql() < DISPATCH_LEVEL) {
    KeAcquireSpinLock(&ext->Lock, &old);
    raised = TRUE;
  } else {
    ext->Count++;
  //^^^ irql: DISPATCH_LEVEL..HIGH_LEVEL
    KeAcquireSpinLockAtDpcLevel(&ext->Lock);
  }
  ext->Count++;
//^^^ irql: entry or DISPATCH_LEVEL; locks: ext->Lock
  if (raised) {
    KeReleaseSpinLock(&ext->Lock, old);
  } else {
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
  }
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('a saved level compared later, either operand order, negated, through a boolean', () => {
    checkIrql(`${TYPES}
void SavedOk(PDEVICE_EXTENSION ext) {
  KIRQL irql = KeGetCurrentIrql();
  BOOLEAN isLow = irql < DISPATCH_LEVEL;
  if (!(DISPATCH_LEVEL <= irql)) {
    ext->Count++;
  //^^^ irql: PASSIVE_LEVEL..APC_LEVEL
  }
  if (isLow) {
    ext->Count--;
  //^^^ irql: PASSIVE_LEVEL..APC_LEVEL
  } else {
    ext->Count--;
  //^^^ irql: DISPATCH_LEVEL..HIGH_LEVEL
  }
  if (irql == PASSIVE_LEVEL || irql == APC_LEVEL) {
    ext->Count--;
  //^^^ irql: PASSIVE_LEVEL..APC_LEVEL
  }
  if (irql > PASSIVE_LEVEL && irql != APC_LEVEL) {
    ext->Count--;
  //^^^ irql: DISPATCH_LEVEL..HIGH_LEVEL
  }
}
`);
  });

  it('assertions are facts', () => {
    checkIrql(`${TYPES}
void AssertOk(PDEVICE_EXTENSION ext) {
  NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL
}
void PagedOk(PDEVICE_EXTENSION ext) {
  PAGED_CODE();
  ext->Count++;
//^^^ irql: PASSIVE_LEVEL..APC_LEVEL
}
`);
  });
});

describe('correlated branches', () => {
  it('a boolean parameter decides acquire and release alike', () => {
    checkIrql(`${TYPES}
void ParameterOk(PDEVICE_EXTENSION ext, BOOLEAN atDispatch) {
  KIRQL old = PASSIVE_LEVEL;
  if (!atDispatch) KeAcquireSpinLock(&ext->Lock, &old);
  ext->Count++;
//^^^ locks: ext->Lock?
  if (!atDispatch) KeReleaseSpinLock(&ext->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('flags tested twice', () => {
    checkIrql(`${TYPES}
void FlagsOk(PDEVICE_EXTENSION ext, ULONG flags) {
  KIRQL old = 0;
  if ((flags & 4) != 0) KeAcquireSpinLock(&ext->Lock, &old);
  ext->Count++;
//^^^ locks: ext->Lock?
  if (flags & 4) KeReleaseSpinLock(&ext->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('goto clean-up with a flag', () => {
    checkIrql(`${TYPES}
NTSTATUS GotoOk(PDEVICE_EXTENSION ext) {
  BOOLEAN locked = FALSE;
  NTSTATUS status;
  status = Start(ext);
  if (!NT_SUCCESS(status)) goto Exit;
  ExAcquireFastMutex(&ext->Mutex);
  locked = TRUE;
  status = Start(ext);
  if (!NT_SUCCESS(status)) goto Exit;
  ext->Count++;
//^^^ irql: APC_LEVEL; locks: ext->Mutex
Exit:
  if (locked) {
    ExReleaseFastMutex(&ext->Mutex);
  }
  ext->Count--;
//^^^ irql: entry; locks: none
  return status;
}
`);
  });

  it('try-acquire decides by its result', () => {
    checkIrql(`${TYPES}
void TryOk(PDEVICE_EXTENSION ext) {
  if (ExTryToAcquireFastMutex(&ext->Mutex)) {
    ext->Count++;
  //^^^ irql: APC_LEVEL; locks: ext->Mutex
    ExReleaseFastMutex(&ext->Mutex);
  }
  ext->Count++;
//^^^ irql: entry; locks: none
  BOOLEAN got = ExAcquireResourceExclusiveLite(&ext->Resource, FALSE);
  if (!got) {
    ext->Count++;
  //^^^ locks: none
    return;
  }
  ext->Count++;
//^^^ locks: ext->Resource
  ExReleaseResourceLite(&ext->Resource);
}
`);
  });
});

describe('control flow', () => {
  it('loops that release and take again', () => {
    checkIrql(`${TYPES}
void LoopOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  KeAcquireSpinLock(&ext->Lock, &old);
  while (ext->Count > 0) {
    ext->Count--;
  //^^^ irql: DISPATCH_LEVEL; locks: ext->Lock
    KeReleaseSpinLock(&ext->Lock, old);
    Work(ext);
  //^^^ irql: entry; locks: none
    KeAcquireSpinLock(&ext->Lock, &old);
  }
  KeReleaseSpinLock(&ext->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('__finally runs on every way out', () => {
    checkIrql(`${TYPES}
NTSTATUS FinallyOk(PDEVICE_EXTENSION ext) {
  ExAcquireFastMutex(&ext->Mutex);
  __try {
    if (ext->Count == 0) return STATUS_SUCCESS;
    if (ext->Count == 1) __leave;
    ext->Count++;
  //^^^ irql: APC_LEVEL; locks: ext->Mutex
  } __finally {
    ext->Count--;
  //^^^ irql: APC_LEVEL; locks: ext->Mutex
    ExReleaseFastMutex(&ext->Mutex);
  }
  ext->Count--;
//^^^ irql: entry; locks: none
  return STATUS_SUCCESS;
}
`);
  });

  it('AbnormalTermination is false on the ways out that the program takes', () => {
    checkIrql(`${TYPES}
void AbnormalOk(PDEVICE_EXTENSION ext) {
  ExAcquireFastMutex(&ext->Mutex);
  __try {
    Work(ext);
  } __finally {
    if (AbnormalTermination()) ExReleaseFastMutex(&ext->Mutex);
  }
  ext->Count++;
//^^^ irql: APC_LEVEL; locks: ext->Mutex
  ExReleaseFastMutex(&ext->Mutex);
}
`);
  });

  it('switch with fall-through and default', () => {
    checkIrql(`${TYPES}
void SwitchOk(PDEVICE_EXTENSION ext, int kind) {
  KIRQL old;
  switch (kind) {
  case 1:
    KeAcquireSpinLock(&ext->Lock, &old);
    ext->Count++;
  //^^^ irql: DISPATCH_LEVEL
    KeReleaseSpinLock(&ext->Lock, old);
    break;
  case 2:
  default:
    ext->Count++;
  //^^^ irql: entry
  }
  ext->Count--;
//^^^ irql: entry; locks: none
}
`);
  });

  it('routines that never return end the path', () => {
    checkIrql(`${TYPES}
void StopOk(PDEVICE_EXTENSION ext) {
  if (KeGetCurrentIrql() > APC_LEVEL) {
    KeBugCheckEx(1, 0, 0, 0, 0);
    ext->Count++;
  //^^^ irql: unreachable
  }
  ext->Count++;
//^^^ irql: PASSIVE_LEVEL..APC_LEVEL
}
`);
  });
});
