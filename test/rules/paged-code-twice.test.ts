import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('paged-code-twice', () => {
  it('the second is reported', () => {
    checkRule(
      'paged-code-twice',
      `${TYPES}
VOID TwiceBad(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    if (Ext->Count == 0) return;
    PAGED_CODE();
//  ^^^^^^^^^^^^ remove this one
}
`,
    );
  });
});
