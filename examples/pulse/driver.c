/*
 * Entry points of the Pulse driver: all of them run at PASSIVE_LEVEL, except that a driver above may send
 * reads and device controls at DISPATCH_LEVEL.
 */
#include "pulse.h"

NTSTATUS
DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->DriverUnload = PulseUnload;
    DriverObject->DriverExtension->AddDevice = PulseAddDevice;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = PulseCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PulseCreateClose;
    DriverObject->MajorFunction[IRP_MJ_READ] = PulseRead;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = PulseDeviceControl;
    return STATUS_SUCCESS;
}

VOID
PulseUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
    PAGED_CODE();
}

NTSTATUS
PulseAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDevice)
{
    PDEVICE_OBJECT device;
    PDEVICE_EXTENSION extension;
    LARGE_INTEGER due;
    NTSTATUS status;

    PAGED_CODE();

    status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status)) {
        return status;
    }

    extension = (PDEVICE_EXTENSION)device->DeviceExtension;
    RtlZeroMemory(extension, sizeof(*extension));
    extension->Self = device;
    IoInitializeRemoveLock(&extension->RemoveLock, PULSE_TAG, 0, 0);
    KeInitializeSpinLock(&extension->QueueLock);
    KeInitializeSpinLock(&extension->StatsLock);
    ExInitializeFastMutex(&extension->ConfigMutex);

    KeInitializeDpc(&extension->Dpc, PulseDpc, extension);
    KeInitializeDpc(&extension->TimerDpc, PulseTimerDpc, extension);
    KeInitializeTimer(&extension->Timer);

    extension->LowerDevice = IoAttachDeviceToDeviceStack(device, PhysicalDevice);
    if (extension->LowerDevice == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }

    due.QuadPart = -10000LL * PULSE_PERIOD_MS;
    KeSetTimerEx(&extension->Timer, due, PULSE_PERIOD_MS, &extension->TimerDpc);
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

NTSTATUS
PulseCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* Takes one sample from the ring, or sends the request down when there is none. */
NTSTATUS
PulseRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;
    PPULSE_SAMPLE sample = (PPULSE_SAMPLE)Irp->AssociatedIrp.SystemBuffer;

    if (PulsePop(extension, sample)) {
        Irp->IoStatus.Status = STATUS_SUCCESS;
        Irp->IoStatus.Information = sizeof(*sample);
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return STATUS_SUCCESS;
    }

    IoCopyCurrentIrpStackLocationToNext(Irp);
    if (extension->Threshold == 0) {
        IoSetCompletionRoutine(Irp, PulseReadComplete, extension, TRUE, TRUE, TRUE);
    } else {
        IoSetCompletionRoutine(Irp, PulseReadCompleteWrong, extension, TRUE, TRUE, TRUE);
    }
    return IoCallDriver(extension->LowerDevice, Irp);
}

NTSTATUS
PulseDeviceControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case 0:
        PulseResetSlow(extension);
        break;
    case 1:
        Irp->IoStatus.Information = PulseDrainWrong(extension);
        break;
    default:
        status = STATUS_INVALID_DEVICE_REQUEST;
        break;
    }

    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}
