//- /section/driver.c
#include <ntddk.h>

VOID PagedTakesLockBad(PKSPIN_LOCK Lock);
VOID PagedRaisesBad(VOID);
VOID PagedWaitsOk(PKEVENT Event);
KDEFERRED_ROUTINE PagedDpcBad;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, PagedTakesLockBad)
#pragma alloc_text(PAGE, PagedRaisesBad)
#pragma alloc_text(PAGE, PagedWaitsOk)
#pragma alloc_text(PAGE, PagedDpcBad)
#endif

VOID PagedTakesLockBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PAGED_CODE();
    KeAcquireSpinLock(Lock, &irql); // expect: paged-code-raises-irql
    KeReleaseSpinLock(Lock, irql);
}

VOID PagedRaisesBad(VOID)
{
    KIRQL irql;
    PAGED_CODE();
    KeRaiseIrql(DISPATCH_LEVEL, &irql); // expect: paged-code-raises-irql
    KeLowerIrql(irql);
}

VOID PagedWaitsOk(PKEVENT Event)
{
    PAGED_CODE();
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}

VOID PagedDpcBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    PAGED_CODE(); // expect: paged-code-at-dispatch
}

//- /called/driver.c
#include <ntddk.h>

VOID LoadTable(PULONG Table);

#pragma alloc_text(PAGE, LoadTable)

VOID LoadTable(PULONG Table)
{
    PAGED_CODE();
    Table[0] = 1;
}

VOID CallsPagedUnderLockBad(PKSPIN_LOCK Lock, PULONG Table)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    LoadTable(Table); // expect: paged-code-at-dispatch | irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

//- /calledOk/driver.c
#include <ntddk.h>

VOID LoadTable(PULONG Table);

#pragma alloc_text(PAGE, LoadTable)

VOID LoadTable(PULONG Table)
{
    PAGED_CODE();
    Table[0] = 1;
}

VOID CallsPagedBeforeLockOk(PKSPIN_LOCK Lock, PULONG Table)
{
    KIRQL irql;
    LoadTable(Table);
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
}

//- /noMacro/driver.c
#include <ntddk.h>

ULONG ReadTable(PULONG Table);

#pragma alloc_text(PAGE, ReadTable)

ULONG ReadTable(PULONG Table)
{
    return Table[3];
}

ULONG CallsPagedNoMacroBad(PKSPIN_LOCK Lock, PULONG Table)
{
    KIRQL irql;
    ULONG value;
    KeAcquireSpinLock(Lock, &irql);
    value = ReadTable(Table); // expect: paged-code-at-dispatch | irql-too-high
    KeReleaseSpinLock(Lock, irql);
    return value;
}

//- /codeSeg/driver.c
#include <ntddk.h>

#pragma code_seg("PAGE")

VOID InPagedSegmentBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PAGED_CODE();
    KeAcquireSpinLock(Lock, &irql); // expect: paged-code-raises-irql
    KeReleaseSpinLock(Lock, irql);
}

#pragma code_seg()

VOID InResidentSegmentOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
}

//- /pagedDispatch/driver.c
#include <ntddk.h>

DRIVER_DISPATCH PowerBad;
DRIVER_DISPATCH CreateOk;
IO_COMPLETION_ROUTINE CompletionBad;
DRIVER_INITIALIZE DriverEntry;

#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, CompletionBad)
#pragma alloc_text(PAGE, CreateOk)

NTSTATUS CompletionBad(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Context);
    PAGED_CODE(); // expect: paged-code-at-dispatch
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    return STATUS_SUCCESS;
}

NTSTATUS CreateOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    PAGED_CODE();
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNREFERENCED_PARAMETER(Path);
    Driver->MajorFunction[IRP_MJ_CREATE] = CreateOk;
    return STATUS_SUCCESS;
}

//- /twice/driver.c
#include <ntddk.h>

VOID TwiceBad(PULONG P)
{
    PAGED_CODE();
    *P = 0;
    PAGED_CODE(); // expect: paged-code-twice
}

//- /data/driver.c
#include <ntddk.h>

#pragma data_seg("PAGEDATA")
ULONG PagedCounter = 0;
#pragma data_seg()
ULONG ResidentCounter = 0;

VOID TouchesPagedDataBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    PagedCounter++; // expect: paged-data-at-dispatch
    KeReleaseSpinLock(Lock, irql);
}

VOID TouchesResidentDataOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    ResidentCounter++;
    KeReleaseSpinLock(Lock, irql);
    PagedCounter++;
}

VOID PagedPoolUnderLockBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PULONG p = (PULONG)ExAllocatePoolWithTag(PagedPool, 64, 'dgaP');
    if (p == NULL)
        return;
    KeAcquireSpinLock(Lock, &irql);
    p[0] = 1; // expect: paged-data-at-dispatch
    KeReleaseSpinLock(Lock, irql);
    ExFreePoolWithTag(p, 'dgaP');
}

VOID NonPagedPoolUnderLockOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PULONG p = (PULONG)ExAllocatePoolWithTag(NonPagedPoolNx, 64, 'dgaN');
    if (p == NULL)
        return;
    KeAcquireSpinLock(Lock, &irql);
    p[0] = 1;
    KeReleaseSpinLock(Lock, irql);
    ExFreePoolWithTag(p, 'dgaN');
}

//- /lockInPaged/driver.c
#include <ntddk.h>

typedef struct _STATE {
    KSPIN_LOCK Lock;
    ULONG Value;
} STATE, *PSTATE;

PSTATE CreateStateBad(VOID)
{
    PSTATE state = (PSTATE)ExAllocatePoolWithTag(PagedPool, sizeof(STATE), 'tatS');
    if (state != NULL)
        KeInitializeSpinLock(&state->Lock); // expect: lock-in-pageable-memory
    return state;
}

PSTATE CreateStateOk(VOID)
{
    PSTATE state = (PSTATE)ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(STATE), 'tatS');
    if (state != NULL)
        KeInitializeSpinLock(&state->Lock);
    return state;
}
