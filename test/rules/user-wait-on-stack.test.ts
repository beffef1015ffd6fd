import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('user-wait-on-stack', () => {
  it('a local event', () => {
    checkRule(
      'user-wait-on-stack',
      `${TYPES}
VOID WaitBad(VOID)
{
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeWaitForSingleObject(&event, UserRequest, UserMode, FALSE, NULL);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ event lies on the kernel stack
}
`,
    );
  });

  it('an event in the extension, through a local pointer', () => {
    checkRule(
      'user-wait-on-stack',
      `${TYPES}
VOID WaitOk(PDEVICE_EXTENSION Ext)
{
    PDEVICE_EXTENSION same = Ext;
    KeWaitForSingleObject(&same->Event, UserRequest, UserMode, FALSE, NULL);
}
`,
    );
  });
});
