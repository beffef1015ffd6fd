import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('region-not-left', () => {
  it('one path forgets to leave, one leaves twice', () => {
    checkRule(
      'region-not-left',
      `${TYPES}
NTSTATUS ForgetsBad(PDEVICE_EXTENSION Ext)
{
    KeEnterCriticalRegion();
    if (Ext->Count == 0) {
        return STATUS_UNSUCCESSFUL;
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ is not left on this path
    }
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}
NTSTATUS LeavesTwiceBad(PDEVICE_EXTENSION Ext)
{
    KeEnterGuardedRegion();
    if (Ext->Count == 0) {
        KeLeaveGuardedRegion();
    }
    KeLeaveGuardedRegion();
    return STATUS_SUCCESS;
//  ^^^^^^^^^^^^^^^^^^^^^^ more often
}
`,
    );
  });

  it('balanced paths, and halves of a pair', () => {
    checkRule(
      'region-not-left',
      `${TYPES}
NTSTATUS BalancedOk(PDEVICE_EXTENSION Ext)
{
    NTSTATUS status = STATUS_SUCCESS;
    KeEnterCriticalRegion();
    if (Ext->Count == 0) {
        status = STATUS_UNSUCCESSFUL;
        goto Done;
    }
    Ext->Count -= 1;
Done:
    KeLeaveCriticalRegion();
    return status;
}
VOID EnterOk(VOID)
{
    KeEnterCriticalRegion();
}
VOID LeaveOk(VOID)
{
    KeLeaveCriticalRegion();
}
VOID UsesHalvesOk(PDEVICE_EXTENSION Ext)
{
    EnterOk();
    Ext->Count += 1;
    LeaveOk();
}
BOOLEAN EntersIfFreeOk(PDEVICE_EXTENSION Ext)
{
    KeEnterCriticalRegion();
    if (Ext->Count != 0) {
        KeLeaveCriticalRegion();
        return FALSE;
    }
    return TRUE;
}
`,
    );
  });
});
