//- /raiseThenClose/driver.c
#include <ntddk.h>

VOID CloseRaisedBad(HANDLE Handle)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    ZwClose(Handle); // expect: irql-too-high
    KeLowerIrql(old);
}

VOID CloseRaisedOk(HANDLE Handle)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
    ZwClose(Handle);
}

//- /raiseInHelper/driver.c
#include <ntddk.h>

static KIRQL Up(VOID)
{
    return KeRaiseIrqlToDpcLevel();
}

static VOID Down(KIRQL Old)
{
    KeLowerIrql(Old);
}

VOID HelperRaisesBad(PUNICODE_STRING Name, POBJECT_ATTRIBUTES Attributes)
{
    HANDLE key = NULL;
    KIRQL old = Up();
    InitializeObjectAttributes(Attributes, Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenKey(&key, KEY_READ, Attributes); // expect: irql-too-high
    Down(old);
}

VOID HelperRaisesOk(PUNICODE_STRING Name, POBJECT_ATTRIBUTES Attributes)
{
    HANDLE key = NULL;
    KIRQL old = Up();
    Down(old);
    InitializeObjectAttributes(Attributes, Name, OBJ_KERNEL_HANDLE, NULL, NULL);
    ZwOpenKey(&key, KEY_READ, Attributes);
}

//- /raiseByMacro/driver.c
#include <wdm.h>

#define ENTER_DISPATCH(old) KeRaiseIrql(DISPATCH_LEVEL, (old))
#define LEAVE_DISPATCH(old) \
    do {                    \
        KeLowerIrql(old);   \
    } while (0)

void MacroRaisesBad(PFAST_MUTEX Mutex)
{
    KIRQL Irql;
    ENTER_DISPATCH(&Irql);
    ExAcquireFastMutex(Mutex); // expect: irql-too-high
    ExReleaseFastMutex(Mutex);
    LEAVE_DISPATCH(Irql);
}

void MacroRaisesOk(PFAST_MUTEX Mutex)
{
    KIRQL Irql;
    ENTER_DISPATCH(&Irql);
    LEAVE_DISPATCH(Irql);
    ExAcquireFastMutex(Mutex);
    ExReleaseFastMutex(Mutex);
}

//- /raiseLowers/driver.c
#include <ntddk.h>

KDEFERRED_ROUTINE TimerDpcBad;
KDEFERRED_ROUTINE TimerDpcOk;

VOID TimerDpcBad(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2)
{
    KIRQL old;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(A1);
    UNREFERENCED_PARAMETER(A2);
    KeRaiseIrql(APC_LEVEL, &old); // expect: irql-raise-lowers
    KeLowerIrql(old);
}

VOID TimerDpcOk(PKDPC Dpc, PVOID Context, PVOID A1, PVOID A2)
{
    KIRQL old;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(A1);
    UNREFERENCED_PARAMETER(A2);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
}

VOID RaiseUnderLockBad(PKSPIN_LOCK Lock)
{
    KIRQL irql, inner;
    KeAcquireSpinLock(Lock, &irql);
    KeRaiseIrql(APC_LEVEL, &inner); // expect: irql-raise-lowers
    KeLowerIrql(inner);
    KeReleaseSpinLock(Lock, irql);
}

VOID LowerWithoutRaiseBad(VOID)
{
    PAGED_CODE();
    KeLowerIrql(DISPATCH_LEVEL); // expect: irql-raise-lowers
}

VOID RaiseTwiceOk(VOID)
{
    KIRQL a, b;
    KeRaiseIrql(APC_LEVEL, &a);
    KeRaiseIrql(DISPATCH_LEVEL, &b);
    KeLowerIrql(b);
    KeLowerIrql(a);
}

//- /notLowered/driver.c
#include <ntddk.h>

NTSTATUS EarlyReturnBad(PULONG Value)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    if (*Value == 0) {
        return STATUS_INVALID_PARAMETER; // expect: irql-not-restored
    }
    *Value = 0;
    KeLowerIrql(old);
    return STATUS_SUCCESS;
}

NTSTATUS EarlyReturnOk(PULONG Value)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    if (*Value == 0) {
        KeLowerIrql(old);
        return STATUS_INVALID_PARAMETER;
    }
    *Value = 0;
    KeLowerIrql(old);
    return STATUS_SUCCESS;
}

VOID NeverLoweredBad(PULONG Counter)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    (*Counter)++;
} // expect: irql-not-restored

NTSTATUS GotoSkipsBad(PULONG Value)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL old = KeRaiseIrqlToDpcLevel();
    if (*Value > 5) {
        status = STATUS_UNSUCCESSFUL;
        goto Exit;
    }
    KeLowerIrql(old);
Exit:
    return status; // expect: irql-not-restored
}

NTSTATUS GotoSkipsOk(PULONG Value)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL old = KeRaiseIrqlToDpcLevel();
    if (*Value > 5) {
        status = STATUS_UNSUCCESSFUL;
        goto Exit;
    }
    *Value = 6;
Exit:
    KeLowerIrql(old);
    return status;
}

//- /dispatchReturnsRaised/driver.c
#include <wdm.h>

DRIVER_INITIALIZE DriverEntry;
DRIVER_DISPATCH ReadBad;
DRIVER_DISPATCH WriteOk;

NTSTATUS ReadBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL old;
    UNREFERENCED_PARAMETER(Device);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS; // expect: irql-not-restored
}

NTSTATUS WriteOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL old;
    UNREFERENCED_PARAMETER(Device);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    UNREFERENCED_PARAMETER(Path);
    Driver->MajorFunction[IRP_MJ_READ] = ReadBad;
    Driver->MajorFunction[IRP_MJ_WRITE] = WriteOk;
    return STATUS_SUCCESS;
}

//- /wrongSavedLevel/driver.c
#include <ntddk.h>

VOID LowerToConstantBad(PKSPIN_LOCK Lock)
{
    KIRQL old;
    KeAcquireSpinLock(Lock, &old);
    KeLowerIrql(PASSIVE_LEVEL); // expect: irql-lowered-under-lock
    KeReleaseSpinLock(Lock, old);
}

_IRQL_requires_same_
VOID LowerToPassiveBad(VOID)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(PASSIVE_LEVEL); // expect: annotation-not-kept
}

_IRQL_requires_same_
VOID LowerToSavedOk(VOID)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
}

//- /driverEntryRaised/driver.c
#include <ntddk.h>

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    KIRQL old;
    PDEVICE_OBJECT device = NULL;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    status = IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device); // expect: irql-too-high
    KeLowerIrql(old);
    return status;
}

//- /driverEntryLeaves/driver.c
#include <ntddk.h>

KSPIN_LOCK GlobalLock;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    KIRQL old;
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeSpinLock(&GlobalLock);
    KeAcquireSpinLock(&GlobalLock, &old);
    return STATUS_SUCCESS; // expect: lock-not-released | irql-not-restored
}

//- /driverEntryOk/driver.c
#include <ntddk.h>

KSPIN_LOCK GlobalLock;

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    KIRQL old;
    PDEVICE_OBJECT device = NULL;
    UNREFERENCED_PARAMETER(RegistryPath);
    KeInitializeSpinLock(&GlobalLock);
    KeAcquireSpinLock(&GlobalLock, &old);
    KeReleaseSpinLock(&GlobalLock, old);
    return IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
}

//- /guardedByTest/driver.c
#include <ntddk.h>

VOID TestsFirstOk(HANDLE Handle)
{
    if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        ZwClose(Handle);
    }
}

VOID TestsWrongWayBad(HANDLE Handle)
{
    if (KeGetCurrentIrql() >= DISPATCH_LEVEL) {
        ZwClose(Handle); // expect: irql-too-high
    }
}

VOID AssertsHighBad(HANDLE Handle)
{
    NT_ASSERT(KeGetCurrentIrql() == DISPATCH_LEVEL);
    ZwClose(Handle); // expect: irql-too-high
}

VOID AssertsLowOk(HANDLE Handle)
{
    NT_ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL);
    ZwClose(Handle);
}
