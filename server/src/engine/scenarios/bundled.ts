/** The bundled scenarios in the order of the manual. A new one is one file and one row here. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { abba } from './abba.ts';
import { atdpcAtPassive } from './atdpcAtPassive.ts';
import { fromdpcAfterAcquire } from './fromdpcAfterAcquire.ts';
import { naiveCheck } from './naiveCheck.ts';
import { passiveVsDpc } from './passiveVsDpc.ts';
import { recursive } from './recursive.ts';

export const bundledScenarios: readonly Scenario[] = [
  passiveVsDpc,
  naiveCheck,
  atdpcAtPassive,
  abba,
  recursive,
  fromdpcAfterAcquire,
];
