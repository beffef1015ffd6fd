import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('irql-too-low', () => {
  it('StartNextPacket at PASSIVE_LEVEL', () => {
    checkRule(
      'irql-too-low',
      `${TYPES}
_IRQL_requires_(PASSIVE_LEVEL)
VOID StartBad(PDEVICE_OBJECT Device)
{
    IoStartNextPacket(Device, FALSE);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DISPATCH_LEVEL
}
`,
    );
  });

  it('raised first', () => {
    checkRule(
      'irql-too-low',
      `${TYPES}
_IRQL_requires_(PASSIVE_LEVEL)
VOID StartOk(PDEVICE_OBJECT Device)
{
    KIRQL irql;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoStartNextPacket(Device, FALSE);
    KeLowerIrql(irql);
}
`,
    );
  });

  it('a framework timer runs at DISPATCH_LEVEL where nobody asked for PASSIVE_LEVEL', () => {
    checkRule(
      'irql-too-low',
      `${TYPES}
EVT_WDF_TIMER TimerOk;
VOID TimerOk(WDFTIMER Timer)
{
    IoStartNextPacket((PDEVICE_OBJECT)Timer, FALSE);
}
VOID Start(VOID)
{
    WDF_TIMER_CONFIG config;
    WDF_TIMER_CONFIG_INIT(&config, TimerOk);
}
`,
    );
  });
});
