import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('paged-code-unmarked', () => {
  it('by alloc_text', () => {
    checkRule(
      'paged-code-unmarked',
      `${TYPES}
#pragma alloc_text(PAGE, UnmarkedBad, MarkedOk)
VOID UnmarkedBad(PDEVICE_EXTENSION Ext)
//   ^^^^^^^^^^^ no PAGED_CODE
{
    Ext->Count += 1;
}
VOID MarkedOk(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    Ext->Count += 1;
}
`,
    );
  });
});
