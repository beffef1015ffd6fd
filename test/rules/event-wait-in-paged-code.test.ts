import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('event-wait-in-paged-code', () => {
  it('Wait is TRUE', () => {
    checkRule(
      'event-wait-in-paged-code',
      `${TYPES}
VOID HandOverBad(PDEVICE_EXTENSION Ext);
#pragma alloc_text(PAGE, HandOverBad)
VOID HandOverBad(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    KeSetEvent(&Ext->Event, 0, TRUE);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Wait = TRUE
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
`,
    );
  });

  it('a resource that is waited for', () => {
    checkRule(
      'event-wait-in-paged-code',
      `${TYPES}
VOID AcquireOk(PDEVICE_EXTENSION Ext);
#pragma alloc_text(PAGE, AcquireOk)
VOID AcquireOk(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
    ExReleaseResourceLite(&Ext->Resource);
    KeLeaveCriticalRegion();
}
`,
    );
  });

  it('Wait is FALSE, or not pageable', () => {
    checkRule(
      'event-wait-in-paged-code',
      `${TYPES}
VOID HandOverOk(PDEVICE_EXTENSION Ext);
#pragma alloc_text(PAGE, HandOverOk)
VOID HandOverOk(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    KeSetEvent(&Ext->Event, 0, FALSE);
}
VOID ResidentOk(PDEVICE_EXTENSION Ext)
{
    KeSetEvent(&Ext->Event, 0, TRUE);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}
`,
    );
  });
});
