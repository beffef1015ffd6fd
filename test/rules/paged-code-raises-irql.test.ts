import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('paged-code-raises-irql', () => {
  it('in a section set by #pragma code_seg', () => {
    checkRule(
      'paged-code-raises-irql',
      `${TYPES}
#pragma code_seg("PAGE")
VOID PagedBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    PAGED_CODE();
    KeAcquireSpinLock(&Ext->Lock, &irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ pageable section
    KeReleaseSpinLock(&Ext->Lock, irql);
}
#pragma code_seg()
VOID ResidentOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });
});
