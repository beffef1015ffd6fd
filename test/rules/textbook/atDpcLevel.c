//- /afterPagedCode/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;

VOID AfterPagedCodeBad(VOID)
{
    PAGED_CODE();
    KeAcquireSpinLockAtDpcLevel(&Lock); // expect: atdpc-below-dispatch
    KeReleaseSpinLockFromDpcLevel(&Lock);
}

VOID UnderOtherLockOk(PKSPIN_LOCK Other)
{
    KIRQL irql;
    KeAcquireSpinLock(Other, &irql);
    KeAcquireSpinLockAtDpcLevel(&Lock);
    KeReleaseSpinLockFromDpcLevel(&Lock);
    KeReleaseSpinLock(Other, irql);
}

VOID AfterRaiseOk(VOID)
{
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeAcquireSpinLockAtDpcLevel(&Lock);
    KeReleaseSpinLockFromDpcLevel(&Lock);
    KeLowerIrql(irql);
}

VOID AfterReleaseBad(PKSPIN_LOCK Other)
{
    KIRQL irql;
    PAGED_CODE();
    KeAcquireSpinLock(Other, &irql);
    KeReleaseSpinLock(Other, irql);
    KeAcquireSpinLockAtDpcLevel(&Lock); // expect: atdpc-below-dispatch
    KeReleaseSpinLockFromDpcLevel(&Lock);
}

//- /roles/driver.c
#include <wdm.h>

typedef struct _EXT {
    KSPIN_LOCK Lock;
    KDPC Dpc;
    PDEVICE_OBJECT Lower;
} EXT, *PEXT;

DRIVER_INITIALIZE DriverEntry;
DRIVER_DISPATCH ReadBad;
DRIVER_UNLOAD UnloadBad;
DRIVER_ADD_DEVICE AddDevice;
KDEFERRED_ROUTINE DpcOk;
IO_COMPLETION_ROUTINE DoneBad;
IO_WORKITEM_ROUTINE WorkBad;
KSTART_ROUTINE ThreadBad;

NTSTATUS ReadBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXT ext = Device->DeviceExtension;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock); // expect: atdpc-below-dispatch
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, DoneBad, ext, TRUE, TRUE, TRUE);
    return IoCallDriver(ext->Lower, Irp);
}

VOID DpcOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PEXT ext = Context;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    KeAcquireSpinLockAtDpcLevel(&ext->Lock);
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
}

NTSTATUS DoneBad(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PEXT ext = Context;
    UNREFERENCED_PARAMETER(Device);
    KeAcquireSpinLockAtDpcLevel(&ext->Lock); // expect: completion-assumes-dispatch
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    if (Irp->PendingReturned)
        IoMarkIrpPending(Irp);
    return STATUS_SUCCESS;
}

VOID WorkBad(PDEVICE_OBJECT Device, PVOID Context)
{
    PEXT ext = Device->DeviceExtension;
    UNREFERENCED_PARAMETER(Context);
    KeAcquireSpinLockAtDpcLevel(&ext->Lock); // expect: atdpc-below-dispatch
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
}

VOID ThreadBad(PVOID Context)
{
    PEXT ext = Context;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock); // expect: atdpc-below-dispatch
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

VOID UnloadBad(PDRIVER_OBJECT Driver)
{
    PEXT ext = Driver->DeviceObject->DeviceExtension;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock); // expect: atdpc-below-dispatch
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    IoDeleteDevice(Driver->DeviceObject);
}

NTSTATUS AddDevice(PDRIVER_OBJECT Driver, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    PEXT ext;
    NTSTATUS status = IoCreateDevice(Driver, sizeof(EXT), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
    ext = device->DeviceExtension;
    KeInitializeSpinLock(&ext->Lock);
    KeInitializeDpc(&ext->Dpc, DpcOk, ext);
    ext->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNREFERENCED_PARAMETER(Path);
    Driver->MajorFunction[IRP_MJ_READ] = ReadBad;
    Driver->DriverUnload = UnloadBad;
    Driver->DriverExtension->AddDevice = AddDevice;
    return STATUS_SUCCESS;
}

//- /registrationOnly/driver.c
#include <ntddk.h>

typedef struct _TIMER_CONTEXT {
    KTIMER Timer;
    KDPC Dpc;
    KSPIN_LOCK Lock;
    ULONG Ticks;
} TIMER_CONTEXT;

static VOID OnTimerOk(PKDPC Dpc, PVOID Context, PVOID Arg1, PVOID Arg2)
{
    TIMER_CONTEXT *timer = (TIMER_CONTEXT *)Context;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Arg1);
    UNREFERENCED_PARAMETER(Arg2);
    KeAcquireSpinLockAtDpcLevel(&timer->Lock);
    timer->Ticks++;
    KeReleaseSpinLockFromDpcLevel(&timer->Lock);
}

static VOID OnTimerWaitBad(PKDPC Dpc, PVOID Context, PVOID Arg1, PVOID Arg2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Arg1);
    UNREFERENCED_PARAMETER(Arg2);
    ExAcquireFastMutex((PFAST_MUTEX)Context); // expect: irql-too-high
    ExReleaseFastMutex((PFAST_MUTEX)Context);
}

static VOID WorkerBad(PVOID Context)
{
    TIMER_CONTEXT *timer = (TIMER_CONTEXT *)Context;
    KeAcquireSpinLockAtDpcLevel(&timer->Lock); // expect: atdpc-below-dispatch
    timer->Ticks = 0;
    KeReleaseSpinLockFromDpcLevel(&timer->Lock);
}

VOID StartTimer(TIMER_CONTEXT *Timer, KDPC *Other, PFAST_MUTEX Mutex, PWORK_QUEUE_ITEM Item)
{
    LARGE_INTEGER due;
    due.QuadPart = -10000;
    KeInitializeSpinLock(&Timer->Lock);
    KeInitializeTimer(&Timer->Timer);
    KeInitializeDpc(&Timer->Dpc, OnTimerOk, Timer);
    KeInitializeDpc(Other, OnTimerWaitBad, Mutex);
    KeSetTimer(&Timer->Timer, due, &Timer->Dpc);
    ExInitializeWorkItem(Item, WorkerBad, Timer);
    ExQueueWorkItem(Item, DelayedWorkQueue);
}

//- /queuedForms/driver.c
#include <ntddk.h>

_IRQL_requires_max_(PASSIVE_LEVEL)
VOID QueuedAtDpcBad(PKSPIN_LOCK Lock)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLockAtDpcLevel(Lock, &handle); // expect: atdpc-below-dispatch
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
}

_IRQL_requires_max_(DISPATCH_LEVEL)
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID QueuedAtDpcOk(PKSPIN_LOCK Lock)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLockAtDpcLevel(Lock, &handle);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
}

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID MaxOnlyBad(PKSPIN_LOCK Lock)
{
    KeAcquireSpinLockAtDpcLevel(Lock); // expect: atdpc-below-dispatch
    KeReleaseSpinLockFromDpcLevel(Lock);
}

__drv_maxIRQL(APC_LEVEL)
VOID OldStyleBad(PEX_SPIN_LOCK Lock)
{
    ExAcquireSpinLockExclusiveAtDpcLevel(Lock); // expect: atdpc-below-dispatch
    ExReleaseSpinLockExclusiveFromDpcLevel(Lock);
}

__drv_requiresIRQL(DISPATCH_LEVEL)
VOID OldStyleOk(PEX_SPIN_LOCK Lock)
{
    ExAcquireSpinLockExclusiveAtDpcLevel(Lock);
    ExReleaseSpinLockExclusiveFromDpcLevel(Lock);
}

//- /helper/driver.c
#include <ntddk.h>

static VOID Bump(PKSPIN_LOCK Lock, PULONG Counter)
{
    KeAcquireSpinLockAtDpcLevel(Lock);
    (*Counter)++;
    KeReleaseSpinLockFromDpcLevel(Lock);
}

VOID CallsAtPassiveBad(PKSPIN_LOCK Lock, PULONG Counter)
{
    PAGED_CODE();
    Bump(Lock, Counter); // expect: atdpc-below-dispatch | irql-too-low
}

//- /helperOk/driver.c
#include <ntddk.h>

static VOID Bump(PKSPIN_LOCK Lock, PULONG Counter)
{
    KeAcquireSpinLockAtDpcLevel(Lock);
    (*Counter)++;
    KeReleaseSpinLockFromDpcLevel(Lock);
}

VOID CallsAtDispatchOk(PKSPIN_LOCK Lock, PULONG Counter)
{
    KIRQL irql = KeRaiseIrqlToDpcLevel();
    Bump(Lock, Counter);
    KeLowerIrql(irql);
}

//- /naive/driver.c
#include <ntddk.h>

VOID NaiveCheckBad(PKSPIN_LOCK Lock, PULONG Counter)
{
    KIRQL irql = DISPATCH_LEVEL;
    BOOLEAN raised = FALSE;
    if (KeGetCurrentIrql() < DISPATCH_LEVEL) { // expect: double-irql-read
        KeAcquireSpinLock(Lock, &irql);
        raised = TRUE;
    } else {
        KeAcquireSpinLockAtDpcLevel(Lock);
    }
    (*Counter)++;
    if (raised)
        KeReleaseSpinLock(Lock, irql);
    else
        KeReleaseSpinLockFromDpcLevel(Lock);
}

VOID RedundantBad(PKSPIN_LOCK A, PKSPIN_LOCK B)
{
    KIRQL a, b;
    KeAcquireSpinLock(A, &a);
    KeAcquireSpinLock(B, &b); // expect: redundant-irql-raise
    KeReleaseSpinLock(B, b);
    KeReleaseSpinLock(A, a);
}

//- /cpp/driver.cpp
extern "C" {
#include <ntddk.h>
}

class CDevice {
public:
    KSPIN_LOCK m_Lock;
    ULONG m_Count;
    void CountBad();
    void CountOk();
};

_IRQL_requires_max_(APC_LEVEL)
void CDevice::CountBad()
{
    KeAcquireSpinLockAtDpcLevel(&m_Lock); // expect: atdpc-below-dispatch
    m_Count++;
    KeReleaseSpinLockFromDpcLevel(&m_Lock);
}

_IRQL_requires_max_(APC_LEVEL)
void CDevice::CountOk()
{
    KIRQL irql;
    KeAcquireSpinLock(&m_Lock, &irql);
    m_Count++;
    KeReleaseSpinLock(&m_Lock, irql);
}
