import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('role-type-missing', () => {
  it('a DPC without its role type', () => {
    checkRule(
      'role-type-missing',
      `
#include <wdm.h>
VOID TickBad(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
//   ^^^^^^^ KDEFERRED_ROUTINE
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}
VOID SetUp(PKDPC Dpc)
{
    KeInitializeDpc(Dpc, TickBad, NULL);
}
`,
    );
  });

  it('a dispatch routine that does not name its slots', () => {
    checkRule(
      'role-type-missing',
      `
#include <wdm.h>
DRIVER_DISPATCH ReadBad;
NTSTATUS ReadBad(PDEVICE_OBJECT DeviceObject, PIRP Irp)
//       ^^^^^^^ _Dispatch_type_(IRP_MJ_READ)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}
_Dispatch_type_(IRP_MJ_WRITE)
DRIVER_DISPATCH WriteOk;
NTSTATUS WriteOk(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}
VOID FillTable(PDRIVER_OBJECT DriverObject)
{
    DriverObject->MajorFunction[IRP_MJ_READ] = ReadBad;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = WriteOk;
}
`,
    );
  });

  it('a declared DPC', () => {
    checkRule(
      'role-type-missing',
      `
#include <wdm.h>
KDEFERRED_ROUTINE TickOk;
VOID TickOk(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}
VOID SetUpOk(PKDPC Dpc)
{
    KeInitializeDpc(Dpc, TickOk, NULL);
}
`,
    );
  });
});
