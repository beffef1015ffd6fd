import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('resource-outside-critical-region', () => {
  it('in a dispatch routine', () => {
    checkRule(
      'resource-outside-critical-region',
      `${TYPES}
DRIVER_DISPATCH CreateBad;
NTSTATUS CreateBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Device->DeviceExtension;
    ExAcquireResourceSharedLite(&ext->Resource, TRUE);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ outside of a critical region
    ExReleaseResourceLite(&ext->Resource);
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('inside a region, and in a helper', () => {
    checkRule(
      'resource-outside-critical-region',
      `${TYPES}
DRIVER_DISPATCH CreateOk;
NTSTATUS CreateOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Device->DeviceExtension;
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&ext->Resource, TRUE);
    ExReleaseResourceLite(&ext->Resource);
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}
VOID SetUpOk(PDEVICE_EXTENSION Ext)
{
    ExInitializeResourceLite(&Ext->Resource);
}
NTSTATUS PowerOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Device->DeviceExtension;
    ExAcquireResourceSharedLite(&ext->Resource, TRUE);
    ExReleaseResourceLite(&ext->Resource);
    return STATUS_SUCCESS;
}
NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING Path)
{
    Driver->MajorFunction[IRP_MJ_POWER] = PowerOk;
    return STATUS_SUCCESS;
}
VOID HelperOk(PDEVICE_EXTENSION Ext)
{
    ExAcquireResourceSharedLite(&Ext->Resource, TRUE);
    ExReleaseResourceLite(&Ext->Resource);
}
`,
    );
  });
});
