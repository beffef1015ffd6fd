import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('paged-code-unsectioned', () => {
  it('no pragma names it', () => {
    checkRule(
      'paged-code-unsectioned',
      `${TYPES}
VOID UnsectionedBad(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
//  ^^^^^^^^^^^^ no pageable section
    Ext->Count += 1;
}
`,
    );
  });
});
