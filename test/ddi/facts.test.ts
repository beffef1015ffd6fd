import { describe, expect, it } from 'vitest';
import { loadFacts } from '../../server/src/ddi/loadFacts.ts';
import { describeBound } from '../../server/src/ddi/words.ts';
import { range, setOf } from '../../server/src/protocol/irqlLevels.ts';

const facts = loadFacts();

function boundOf(name: string): string {
  const levels = facts.lookup(name)?.levels;
  return levels === undefined ? 'absent' : levels === null ? 'unknown' : describeBound(levels, 'x64');
}

describe('IRQL bounds as the public documentation has them', () => {
  it.each([
    ['KeAcquireSpinLock', 'IRQL <= DISPATCH_LEVEL'],
    ['KeReleaseSpinLock', 'IRQL = DISPATCH_LEVEL'],
    ['KeAcquireSpinLockAtDpcLevel', 'IRQL >= DISPATCH_LEVEL'],
    ['KeReleaseSpinLockFromDpcLevel', 'IRQL >= DISPATCH_LEVEL'],
    ['KeTryToAcquireSpinLockAtDpcLevel', 'IRQL >= DISPATCH_LEVEL'],
    ['KeAcquireInStackQueuedSpinLock', 'IRQL <= DISPATCH_LEVEL'],
    ['KeAcquireInStackQueuedSpinLockAtDpcLevel', 'IRQL >= DISPATCH_LEVEL'],
    ['KeInitializeSpinLock', 'any IRQL'],
    ['KeSetEvent', 'IRQL <= DISPATCH_LEVEL'],
    ['KeClearEvent', 'IRQL <= DISPATCH_LEVEL'],
    ['KeWaitForSingleObject', 'IRQL <= DISPATCH_LEVEL'],
    ['KeDelayExecutionThread', 'IRQL <= APC_LEVEL'],
    ['KeEnterCriticalRegion', 'IRQL <= APC_LEVEL'],
    ['KeGetCurrentIrql', 'any IRQL'],
    ['KeRaiseIrql', 'any IRQL'],
    ['KeLowerIrql', 'any IRQL'],
    ['KeInsertQueueDpc', 'any IRQL'],
    ['KeSetTimer', 'IRQL <= DISPATCH_LEVEL'],
    ['KeStallExecutionProcessor', 'any IRQL'],
    ['KeQueryPerformanceCounter', 'any IRQL'],
    ['KeBugCheckEx', 'any IRQL'],
    ['KeFlushQueuedDpcs', 'IRQL = PASSIVE_LEVEL'],
    ['ExAllocatePool2', 'IRQL <= DISPATCH_LEVEL'],
    ['ExAllocatePoolWithTag', 'IRQL <= DISPATCH_LEVEL'],
    ['ExFreePool', 'IRQL <= DISPATCH_LEVEL'],
    ['ExFreePoolWithTag', 'IRQL <= DISPATCH_LEVEL'],
    ['ExAcquireFastMutex', 'IRQL <= APC_LEVEL'],
    ['ExReleaseFastMutex', 'IRQL = APC_LEVEL'],
    ['ExAcquireResourceExclusiveLite', 'IRQL <= APC_LEVEL'],
    ['ExReleaseResourceLite', 'IRQL <= DISPATCH_LEVEL'],
    ['ExAcquireSpinLockShared', 'IRQL <= DISPATCH_LEVEL'],
    ['ExInitializeResourceLite', 'IRQL <= DISPATCH_LEVEL'],
    ['IoCompleteRequest', 'IRQL <= DISPATCH_LEVEL'],
    ['IofCompleteRequest', 'IRQL <= DISPATCH_LEVEL'],
    ['IoCallDriver', 'IRQL <= DISPATCH_LEVEL'],
    ['IoAllocateIrp', 'IRQL <= DISPATCH_LEVEL'],
    ['IoQueueWorkItem', 'IRQL <= DISPATCH_LEVEL'],
    ['IoCreateDevice', 'IRQL <= APC_LEVEL'],
    ['IoDeleteDevice', 'IRQL <= APC_LEVEL'],
    ['IoConnectInterruptEx', 'IRQL = PASSIVE_LEVEL'],
    ['IoAcquireCancelSpinLock', 'IRQL <= DISPATCH_LEVEL'],
    ['IoReleaseCancelSpinLock', 'IRQL = DISPATCH_LEVEL'],
    ['IoStartNextPacket', 'IRQL = DISPATCH_LEVEL'],
    ['IoGetCurrentIrpStackLocation', 'any IRQL'],
    ['IoMarkIrpPending', 'any IRQL'],
    ['ObReferenceObjectByHandle', 'IRQL = PASSIVE_LEVEL'],
    ['ObDereferenceObject', 'IRQL <= DISPATCH_LEVEL'],
    ['ZwClose', 'IRQL = PASSIVE_LEVEL'],
    ['ZwCreateFile', 'IRQL = PASSIVE_LEVEL'],
    ['ZwReadFile', 'IRQL = PASSIVE_LEVEL'],
    ['PsCreateSystemThread', 'IRQL = PASSIVE_LEVEL'],
    ['MmProbeAndLockPages', 'IRQL <= DISPATCH_LEVEL'],
    ['MmMapLockedPagesSpecifyCache', 'IRQL <= DISPATCH_LEVEL'],
    ['MmUnlockPages', 'IRQL <= DISPATCH_LEVEL'],
    ['MmGetSystemAddressForMdlSafe', 'IRQL <= DISPATCH_LEVEL'],
    ['RtlCopyMemory', 'any IRQL'],
    ['memcpy', 'any IRQL'],
    ['DbgPrint', 'IRQL <= DIRQL'],
    ['RtlUnicodeStringToAnsiString', 'IRQL = PASSIVE_LEVEL'],
    ['RtlStringCbPrintfW', 'IRQL = PASSIVE_LEVEL'],
    ['InterlockedIncrement', 'any IRQL'],
    ['READ_REGISTER_ULONG', 'any IRQL'],
    ['PAGED_CODE', 'IRQL <= APC_LEVEL'],
    ['WdfRequestComplete', 'IRQL <= DISPATCH_LEVEL'],
    ['WdfSpinLockAcquire', 'IRQL <= DISPATCH_LEVEL'],
    ['WdfSpinLockRelease', 'IRQL = DISPATCH_LEVEL'],
    ['WdfWaitLockAcquire', 'IRQL <= APC_LEVEL'],
    ['WdfDeviceCreate', 'IRQL = PASSIVE_LEVEL'],
    ['WdfIoTargetSendIoctlSynchronously', 'IRQL = PASSIVE_LEVEL'],
    ['WdfTimerStart', 'IRQL <= DISPATCH_LEVEL'],
    ['NdisAcquireSpinLock', 'IRQL <= DISPATCH_LEVEL'],
    ['NdisDprAcquireSpinLock', 'IRQL = DISPATCH_LEVEL'],
    ['NdisReleaseRWLock', 'IRQL = DISPATCH_LEVEL'],
    ['FltAcquireResourceExclusive', 'IRQL <= APC_LEVEL'],
    ['IoSizeOfIrpEx', 'IRQL <= DISPATCH_LEVEL'],
    ['NdisCurrentProcessorIndex', 'any IRQL'],
    ['NoSuchRoutine', 'absent'],
  ])('%s: %s', (name, bound) => {
    expect(boundOf(name)).toBe(bound);
  });
});

describe('conditions', () => {
  it.each([
    ['KeSetEvent', { arg: 2, test: { op: 'equals', value: 'TRUE' } }, range(0, 1)],
    ['KeReleaseMutex', { arg: 1, test: { op: 'equals', value: 'TRUE' } }, range(0, 1)],
    ['KeWaitForSingleObject', { arg: 4, test: { op: 'equals', value: 'NULL' } }, range(0, 1)],
    ['KeWaitForSingleObject', { arg: 4, isDeref: true, test: { op: 'notEquals', value: 0 } }, range(0, 1)],
    ['KeWaitForMultipleObjects', { arg: 6, test: { op: 'equals', value: 'NULL' } }, range(0, 1)],
    ['ExAllocatePool2', { arg: 0, test: { op: 'hasFlag', flag: 'POOL_FLAG_PAGED' } }, range(0, 1)],
    ['ExAllocatePoolWithTag', { arg: 0, test: { op: 'hasFlag', flag: 'PagedPool' } }, range(0, 1)],
    ['ExFreePool', { arg: 0, allocatedFrom: 'paged' }, range(0, 1)],
    ['MmMapLockedPagesSpecifyCache', { arg: 1, test: { op: 'equals', value: 'UserMode' } }, range(0, 1)],
    ['RtlCopyMemory', { pageable: [0, 1] }, range(0, 1)],
    ['DbgPrint', { arg: 0, usesUnicodeFormat: true }, setOf(0)],
    ['WdfTimerStop', { arg: 1, test: { op: 'equals', value: 'TRUE' } }, setOf(0)],
  ])('%s narrows when %j', (name, when, levels) => {
    expect(facts.lookup(name)?.conditions).toContainEqual({ when, levels });
  });

  it("speak of the macro's own arguments", () => {
    // ClasspFreeSrb(FdoExtension, Srb) frees its second argument.
    expect(facts.lookup('ClasspFreeSrb')?.conditions[0]?.when).toEqual({ allocatedFrom: 'paged', arg: 1 });
    // RxAcquireScavengerMutex() has no argument that could be the timeout.
    expect(facts.lookup('RxAcquireScavengerMutex')?.conditions[0]?.when.arg).toBe(-1);
  });

  it('keeps what dissenting sources say', () => {
    const fact = facts.lookup('KeFlushQueuedDpcs');
    expect(fact?.levels).toBe(setOf(0));
    expect(fact?.widest).toBe(range(0, 1));
    expect(fact?.dissent).toEqual([{ levels: range(0, 1), source: 'header' }]);
  });
});

describe('effects', () => {
  it('has all of them, each with a lock kind or an IRQL effect', () => {
    const names = facts.effectNames();
    expect(names.length).toBeGreaterThanOrEqual(252);
    for (const name of names) expect(facts.effect(name)?.name).toBe(name);
  });

  it('agree with the bounds of their routines', () => {
    const strangers = facts
      .effectNames()
      .filter((name) => facts.lookup(name)?.levels !== facts.effect(name)?.levels);
    // The interrupt lock of a GPIO controller is taken at PASSIVE_LEVEL or at DIRQL, by the kind of the interrupt.
    expect(strangers).toEqual(['GPIO_CLX_AcquireInterruptLock', 'GPIO_CLX_ReleaseInterruptLock']);
  });

  it('pairs name routines that have an effect or are roles at entry', () => {
    const strangers = facts.effectNames().flatMap((name) => {
      const effect = facts.effect(name);
      return [...(effect?.pairsWith ?? []), ...(effect?.pairsAlso ?? [])].filter(
        (pair) => facts.effect(pair) === undefined && !pair.endsWith('(entry)'),
      );
    });
    expect(strangers).toEqual([]);
  });

  it.each([
    ['KeAcquireSpinLock', { op: 'acquire', lockArg: 0, irqlOutArg: 1, exit: { kind: 'level', levels: 4 } }],
    ['KeReleaseSpinLock', { op: 'release', lockArg: 0, irqlInArg: 1, exit: { kind: 'arg', arg: 1 } }],
    [
      'KeAcquireSpinLockAtDpcLevel',
      { op: 'acquire', lockArg: 0, exit: { kind: 'unchanged' }, min: 2, max: 15 },
    ],
    ['KeAcquireSpinLockRaiseToDpc', { returnsOldIrql: true, exit: { kind: 'level', levels: 4 } }],
    ['KeAcquireInStackQueuedSpinLock', { handleArg: 1, irqlSavedIn: { kind: 'arg', arg: 1 } }],
    ['KeReleaseInStackQueuedSpinLock', { handleArg: 0, exit: { kind: 'savedInArg', arg: 0 } }],
    ['KeRaiseIrql', { op: 'raise', levelArg: 0, irqlOutArg: 1, exit: { kind: 'arg', arg: 0 } }],
    ['KeLowerIrql', { op: 'lower', irqlInArg: 0, exit: { kind: 'arg', arg: 0 } }],
    ['KeRaiseIrqlToDpcLevel', { returnsOldIrql: true, exit: { kind: 'level', levels: 4 } }],
    [
      'ExAcquireFastMutex',
      { lockKind: 'fastMutex', exit: { kind: 'level', levels: 2 }, irqlSavedIn: { kind: 'lock' } },
    ],
    ['ExTryToAcquireFastMutex', { op: 'tryAcquire', effectIf: 'nonZero' }],
    [
      'ExAcquireResourceExclusiveLite',
      { mode: { kind: 'exclusive' }, requiresRegion: ['criticalRegion'], waitArg: 1 },
    ],
    ['ExAcquireSpinLockShared', { lockKind: 'exSpinlock', mode: { kind: 'shared' }, returnsOldIrql: true }],
    [
      'KeTryToAcquireSpinLockAtDpcLevel',
      { op: 'tryAcquire', effectIf: 'nonZero', pairsAlso: ['KeReleaseSpinLock'] },
    ],
    ['IoAcquireCancelSpinLock', { isGlobalLock: true, irqlOutArg: 0 }],
    ['IoReleaseCancelSpinLock', { cancelRoutineIrql: 'Irp->CancelIrql', irqlInArg: 0 }],
    ['KeAcquireInterruptSpinLock', { exit: { kind: 'level', levels: range(3, 11) } }],
    [
      'KeSynchronizeExecution',
      { op: 'synchronize', callbackArg: 1, callback: { kind: 'level', levels: range(3, 11) } },
    ],
    ['KeIpiGenericCall', { callback: { kind: 'level', levels: setOf(14) } }],
    [
      'NdisAcquireRWLockRead',
      { mode: { kind: 'shared' }, dpcVariant: { kind: 'flag', arg: 2, flag: 'NDIS_RWL_AT_DISPATCH_LEVEL' } },
    ],
    ['NdisAcquireReadWriteLock', { mode: { kind: 'byArg', arg: 1 } }],
    [
      'StorPortAcquireSpinLock',
      { exit: { kind: 'byArg', arg: 1 }, lockOrder: ['DpcLock|StartIoLock', 'InterruptLock'] },
    ],
    [
      'ExInterlockedInsertTailList',
      { op: 'synchronize', lockArg: 2, transientLevels: setOf(15), exit: { kind: 'unchanged' } },
    ],
    ['KeEnterGuardedRegion', { op: 'enter', disables: 'allKernelApc', nests: true }],
    ['ExAcquirePushLockExclusive', { isRecursive: false, blocks: true }],
    [
      'WdfWaitLockAcquire',
      { effectIf: 'ntSuccess', certainWhen: { arg: 1, test: { op: 'equals', value: 'NULL' } } },
    ],
    ['WdfObjectAcquireLock', { lockKind: 'wdfObjectPresentationLock', exit: { kind: 'level', levels: 4 } }],
    ['PAGED_CODE', { op: 'assert', levels: range(0, 1) }],
    ['KeGetCurrentIrql', { op: 'query', returnsCurrentIrql: true }],
  ])('%s', (name, expected) => {
    expect(facts.effect(name)).toMatchObject(expected);
  });

  it('numbers levels for the target', () => {
    const x86 = loadFacts({ arch: 'x86' });
    expect(x86.effect('KeAcquireSpinLockAtDpcLevel')?.max).toBe(31);
    expect(x86.effect('KeAcquireInterruptSpinLock')?.exit).toEqual({ kind: 'level', levels: range(3, 26) });
  });
});

describe('roles', () => {
  it.each([
    ['KDEFERRED_ROUTINE', setOf(2), 'always'],
    ['PKDEFERRED_ROUTINE', setOf(2), 'always'],
    ['IO_DPC_ROUTINE', setOf(2), 'always'],
    ['DRIVER_CANCEL', setOf(2), 'always'],
    ['DRIVER_STARTIO', setOf(2), 'always'],
    ['KSERVICE_ROUTINE', range(3, 11), 'always'],
    ['IO_TIMER_ROUTINE', setOf(2), 'always'],
    ['IO_COMPLETION_ROUTINE', range(0, 2), 'usual'],
    ['EVT_WDF_REQUEST_COMPLETION_ROUTINE', range(0, 2), 'usual'],
    ['DRIVER_DISPATCH', range(0, 2), 'merelyAllowed'],
    ['EVT_WDF_IO_QUEUE_IO_READ', range(0, 2), 'merelyAllowed'],
    ['EVT_WDF_REQUEST_CANCEL', range(0, 2), 'merelyAllowed'],
    ['EVT_WDF_DPC', setOf(2), 'always'],
    ['EVT_WDF_TIMER', setOf(0, 2), 'usual'],
    ['EVT_WDF_INTERRUPT_ISR', setOf(0, 3, 4, 5, 6, 7, 8, 9, 10, 11), 'usual'],
    ['EVT_WDF_DEVICE_D0_ENTRY', setOf(0), 'always'],
    ['DRIVER_INITIALIZE', setOf(0), 'always'],
    ['DRIVER_UNLOAD', setOf(0), 'always'],
    ['DRIVER_ADD_DEVICE', setOf(0), 'always'],
    ['IO_WORKITEM_ROUTINE', setOf(0), 'always'],
    ['MINIPORT_ISR', range(3, 11), 'always'],
    ['MINIPORT_INTERRUPT_DPC', setOf(2), 'always'],
    ['FWPS_CALLOUT_CLASSIFY_FN', range(0, 2), 'merelyAllowed'],
    ['KIPI_BROADCAST_WORKER', setOf(14), 'always'],
  ])('%s is entered at %i, upper level %s', (type, levels, upper) => {
    expect(facts.role(type)).toMatchObject({ levels, upper });
  });

  it.each([
    ['RECEIVE_NET_BUFFER_LISTS_HANDLER', 'PROTOCOL_RECEIVE_NET_BUFFER_LISTS'],
    ['PFN_WDF_IO_QUEUE_IO_READ', 'EVT_WDF_IO_QUEUE_IO_READ'],
    ['MINIPORT_START_DEVICE_HANDLER', 'MINIPORT_PNP_IRP'],
  ])('%s points to %s', (pointer, type) => {
    expect(facts.role(pointer)?.type).toBe(type);
    expect(facts.roleTypes()).toContain(pointer);
  });

  it('says what is held at entry', () => {
    expect(facts.role('DRIVER_CANCEL')?.holdsLocks).toEqual(['cancelSpinlock']);
    expect(facts.role('KSYNCHRONIZE_ROUTINE')?.holdsLocks).toEqual(['interruptSpinlock']);
  });

  it('knows every role that a registration names', () => {
    expect(facts.roleTypes().filter((type) => facts.role(type) === undefined)).toEqual([]);
    expect(facts.lookup('KDEFERRED_ROUTINE')).toMatchObject({ kind: 'callback', levels: setOf(2) });
  });
});

describe('registrations', () => {
  it.each([
    ['KeInitializeDpc', 1, 'KDEFERRED_ROUTINE'],
    ['IoSetCompletionRoutine', 1, 'IO_COMPLETION_ROUTINE'],
    ['IoSetCancelRoutine', 1, 'DRIVER_CANCEL'],
    ['WDF_TIMER_CONFIG_INIT', 1, 'EVT_WDF_TIMER'],
    ['WDF_INTERRUPT_CONFIG_INIT', 2, 'EVT_WDF_INTERRUPT_DPC'],
    ['IoQueueWorkItem', 1, 'IO_WORKITEM_ROUTINE'],
    ['PsCreateSystemThread', 5, 'KSTART_ROUTINE'],
    ['IoConnectInterrupt', 1, 'KSERVICE_ROUTINE'],
  ])('%s argument %i has role %s', (name, callbackArg, role) => {
    expect(facts.registrationsOfFunction(name)).toContainEqual(
      expect.objectContaining({ callbackArg, role }),
    );
  });

  it('a threaded DPC may run at PASSIVE_LEVEL', () => {
    expect(facts.registrationsOfFunction('KeInitializeThreadedDpc')).toMatchObject([
      { role: 'KDEFERRED_ROUTINE', entryLevels: range(0, 2) },
    ]);
  });

  it('a DPC object given to a timer runs what KeInitializeDpc put into it', () => {
    expect(facts.registrationsOfFunction('KeSetTimer')).toMatchObject([
      { callbackArg: -1, objectArg: 2, via: 'KeInitializeDpc', role: 'KDEFERRED_ROUTINE' },
    ]);
  });

  it.each([
    ['PDRIVER_OBJECT', 'DriverUnload', 'DRIVER_UNLOAD'],
    ['DRIVER_OBJECT', 'DriverStartIo', 'DRIVER_STARTIO'],
    ['_DRIVER_OBJECT', 'DriverStartIo', 'DRIVER_STARTIO'],
    ['FLT_OPERATION_REGISTRATION', 'PostOperation', 'PFLT_POST_OPERATION_CALLBACK'],
    ['PIO_CONNECT_INTERRUPT_PARAMETERS', 'MessageServiceRoutine', 'KMESSAGE_SERVICE_ROUTINE'],
    ['FWPS_CALLOUT', 'classifyFn', 'FWPS_CALLOUT_CLASSIFY_FN0'],
  ])('%s.%s has role %s', (struct, field, role) => {
    expect(facts.registrationsOfField(struct, field)).toContainEqual(expect.objectContaining({ role }));
  });

  it('narrows the dispatch routine by its major function', () => {
    const slots = facts.registrationsOfField('PDRIVER_OBJECT', 'MajorFunction');
    expect(slots.find((slot) => slot.index === 'IRP_MJ_CREATE')?.entryLevels).toBe(setOf(0));
    expect(slots.find((slot) => slot.index === 'IRP_MJ_READ')?.entryLevels).toBe(range(0, 2));
    expect(slots.find((slot) => slot.index === undefined)?.role).toBe('DRIVER_DISPATCH');
  });

  it('knows the places of a positional initialiser', () => {
    expect(facts.registrationsOfField('FLT_REGISTRATION', 'FilterUnloadCallback')[0]?.position).toBe(5);
    expect(facts.registrationsOfField('FLT_OPERATION_REGISTRATION', 'PreOperation')[0]?.position).toBe(2);
    expect(facts.registrationsOfField('FWPS_CALLOUT1', 'classifyFn')[0]?.position).toBe(2);
  });

  it('knows entry points and which structs register anything', () => {
    expect(facts.entryPoint('DriverEntry')?.type).toBe('DRIVER_INITIALIZE');
    expect(facts.entryPoint('main')).toBeUndefined();
    expect(facts.isRegistrationStruct('PDRIVER_OBJECT')).toBe(true);
    expect(facts.isRegistrationStruct('PDEVICE_EXTENSION')).toBe(false);
    expect(facts.isRegistrationStruct('constructor')).toBe(false);
  });
});
